import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { circles } from "./circles.ts";
import { checkHouse } from "./house.ts";
import { scan } from "./scan.ts";

/** Checks a small tree; a text without a line break gets one. */
function check(tree: Record<string, string>): string[] {
  return checkHouse(new Map(Object.entries(tree))).map(({ rule, at }) => `${rule} ${at}`);
}

describe("a tree that keeps every rule", () => {
  test("has no violation", () => {
    expect(
      check({
        "src/main.ts": 'import { app } from "./app.ts";\nprocess.exit(app(process.env));\n',
        "src/app.ts": 'import { serve } from "./commands/serve.ts";\nexport const app = serve;\n',
        "src/commands/serve.ts":
          'import { door } from "../doors/oci/door.ts";\nexport const serve = door;\n',
        "src/doors/oci/door.ts":
          'import { Hono } from "hono";\nimport { Content } from "../../features/content/service.ts";\nimport { ok } from "../ok.ts";\nexport const door = () => new Response(String([Hono, Content, ok]));\n',
        "src/doors/ok.ts": "export const ok = 1;\n",
        "src/features/content/service.ts":
          'import { find } from "./store.ts";\nimport { who } from "../identity/rules.ts";\nimport { may } from "../access/rules.ts";\nexport const Content = [find, who, may];\n',
        "src/features/content/store.ts":
          'import { sql } from "kysely";\nexport const find = sql;\n',
        "src/features/access/rules.ts":
          'import { id } from "../../kernel/ids.ts";\nimport { who } from "../identity/rules.ts";\nimport semver from "semver";\nimport type { Db } from "./service.ts";\nexport const may: Db = [id, who, semver];\n',
        "src/features/access/service.ts": "export type Db = unknown;\n",
        "src/features/identity/rules.ts": "export const who = 1;\n",
        "src/platform/jobs/store.ts":
          'import { db } from "../database/open.ts";\nimport "kysely";\nexport const jobs = db;\n',
        "src/platform/database/open.ts":
          'import { Kysely } from "kysely";\nimport { Database } from "bun:sqlite";\nexport const db = [Kysely, Database, Bun.version];\n',
        "src/platform/listen/refuse.ts": "export const refuse = () => Response.json({});\n",
        "src/kernel/ids.ts": "export const id = 1;\n",
        "src/kernel/ids.test.ts":
          'import { test } from "bun:test";\ntest(Bun.version, () => new Response());\n',
        "tests/wire/a.test.ts": 'import { app } from "../../src/app.ts";\nBun.serve(app);\n',
      }),
    ).toEqual([]);
  });
});

describe("each rule is broken by", () => {
  const one = "export const a = 1;\n";
  const importing = (module: string) => `import { a } from "${module}";\nexport const b = a;\n`;
  test.each([
    [
      "the kernel using oci",
      "floor",
      { "src/kernel/a.ts": importing("../oci/a.ts"), "src/oci/a.ts": one },
    ],
    [
      "platform using config",
      "floor",
      { "src/platform/x/a.ts": importing("../../config/a.ts"), "src/config/a.ts": one },
    ],
    [
      "config using platform",
      "floor",
      { "src/config/a.ts": importing("../platform/x/a.ts"), "src/platform/x/a.ts": one },
    ],
    [
      "platform using a feature",
      "floor",
      {
        "src/platform/x/a.ts": importing("../../features/content/a.ts"),
        "src/features/content/a.ts": one,
      },
    ],
    [
      "a lower feature using a middle one",
      "floor",
      { "src/features/audit/a.ts": importing("../access/a.ts"), "src/features/access/a.ts": one },
    ],
    [
      "a middle feature using an upper one",
      "floor",
      { "src/features/content/a.ts": importing("../quota/a.ts"), "src/features/quota/a.ts": one },
    ],
    [
      "an upper feature using another",
      "floor",
      { "src/features/trust/a.ts": importing("../quota/a.ts"), "src/features/quota/a.ts": one },
    ],
    [
      "a feature using a door",
      "floor",
      { "src/features/quota/a.ts": importing("../../doors/oci/a.ts"), "src/doors/oci/a.ts": one },
    ],
    [
      "a door using a command",
      "floor",
      { "src/doors/oci/a.ts": importing("../../commands/a.ts"), "src/commands/a.ts": one },
    ],
    [
      "a command using the root",
      "floor",
      { "src/commands/a.ts": importing("../app.ts"), "src/app.ts": one },
    ],
    [
      "a type taken from above",
      "floor",
      {
        "src/kernel/a.ts": 'import type { A } from "../oci/a.ts";\nexport type B = A;\n',
        "src/oci/a.ts": "export type A = 1;\n",
      },
    ],
    [
      "a type taken from above in place",
      "floor",
      {
        "src/kernel/a.ts": 'export type B = import("../oci/a.ts").A;\n',
        "src/oci/a.ts": "export type A = 1;\n",
      },
    ],
    [
      "a re-export from above",
      "floor",
      {
        "src/kernel/a.ts": 'export { a } from "../oci/a.ts";\nexport const c = 1;\n',
        "src/oci/a.ts": one,
      },
    ],
    [
      "a test that looks up",
      "floor",
      { "src/kernel/a.test.ts": importing("../oci/a.ts"), "src/oci/a.ts": one },
    ],
    [
      "leaving the house",
      "floor",
      { "src/kernel/a.ts": importing("../../scripts/a.ts"), "scripts/a.ts": one },
    ],
    ["a room that is not in the plan", "room", { "src/services/a.ts": one }],
    ["a file beside the features", "room", { "src/features/a.ts": one }],
    [
      "two files that need each other",
      "circle",
      { "src/kernel/a.ts": importing("./b.ts"), "src/kernel/b.ts": importing("./a.ts") },
    ],
    [
      "two rooms that need each other",
      "circle",
      {
        "src/platform/x/a.ts": importing("../y/a.ts"),
        "src/platform/y/a.ts": one,
        "src/platform/y/b.ts": importing("../x/b.ts"),
        "src/platform/x/b.ts": one,
      },
    ],
    ["SQL in a service", "kysely", { "src/features/content/service.ts": importing("kysely") }],
    [
      "SQL in a file that is merely called like a store",
      "kysely",
      { "src/doors/oci/store.ts": importing("kysely/migration") },
    ],
    ["Hono in a feature", "hono", { "src/features/content/service.ts": importing("hono/jwt") }],
    [
      "Hono's companions in platform",
      "hono",
      { "src/platform/listen/a.ts": importing("@hono/zod-openapi") },
    ],
    [
      "the AWS SDK in a feature",
      "aws",
      { "src/features/content/service.ts": importing("@aws-sdk/client-s3") },
    ],
    [
      "a Response in a feature",
      "response",
      { "src/features/content/service.ts": "export const a = new Response();\n" },
    ],
    [
      "a JSON Response in a command",
      "response",
      { "src/commands/a.ts": "export const a = Response.json({});\n" },
    ],
    [
      "Bun in a feature",
      "bun",
      { "src/features/content/service.ts": "export const a = Bun.file('x');\n" },
    ],
    [
      "Bun inside a template",
      "bun",
      { "src/kernel/a.ts": "export const a = `x$" + "{{ b: Bun.version }}`;\n" },
    ],
    ["a module of Bun in the kernel", "bun", { "src/kernel/a.ts": importing("bun:sqlite") }],
    [
      "the environment read outside of main",
      "process",
      { "src/app.ts": "export const a = process.env.HOME;\n" },
    ],
    [
      "an exit outside of main",
      "process",
      { "src/commands/a.ts": "export const a = () => process.exit(1);\n" },
    ],
    [
      "the process under another name",
      "process",
      { "src/commands/a.ts": 'import { argv } from "node:process";\nexport const a = argv;\n' },
    ],
    [
      "rules that use a service",
      "pure-rules",
      {
        "src/features/content/rules.ts": importing("./service.ts"),
        "src/features/content/service.ts": one,
      },
    ],
    [
      "rules that use files",
      "pure-rules",
      { "src/features/content/rules-of-tags.ts": importing("node:fs") },
    ],
    ["a file of 351 lines", "size", { "src/kernel/a.ts": `${one}\n`.repeat(175) + one }],
    ["a name in camel case", "name", { "src/kernel/someThing.ts": one }],
    ["a folder called utils", "folder", { "src/kernel/utils/a.ts": one }],
    ["a folder called helpers", "folder", { "src/doors/oci/helpers/a.ts": one }],
    [
      "a barrel",
      "barrel",
      {
        "src/kernel/index.ts": 'export * from "./a.ts";\nexport { b } from "./b.ts";\n',
        "src/kernel/a.ts": one,
        "src/kernel/b.ts": one,
      },
    ],
    ["a default export", "default-export", { "src/kernel/a.ts": "export default 1;\n" }],
  ] as [string, string, Record<string, string>][])("%s", (_, rule, tree) => {
    const found = check(tree);
    expect(found.map((each) => each.split(" ")[0])).toEqual([rule]);
  });
});

describe("the scanner", () => {
  test("finds every form of import, and only imports", () => {
    const { imports } = scan(`
      import "./a";
      import b, { c, type C } from './b';
      import type { D } from "./d";
      import * as e from "./e" with { type: "json" };
      export * from "./f";
      export * as g from "./g";
      export type { H } from "./h";
      const i = await import("./i");
      type J = import("./j").J;
      // import "./no1";
      /* import "./no2"; */
      const s = 'import "./no3"' + \`import "./no4" \${f("import './no5'")}\`;
      const r = /import ".\\/no6"/.test(x) ? a / b / c : /["'\`]/;
      const from = "./no7";
      export { from };
      obj.import("./no8");
      export const k = { import: "./no9" };
      const t = \`\${\`\${"{"}\`}\`; import l from "./l";
      const u = \`\${{ a: { b: 1 } }.a}\`; import m from "./m"; const v = \`\`;
    `);
    const names = imports.map((each) => each.name);
    expect(names).toEqual([
      "./a",
      "./b",
      "./d",
      "./e",
      "./f",
      "./g",
      "./h",
      "./i",
      "./j",
      "./l",
      "./m",
    ]);
    expect(imports.map((each) => each.line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 19, 20]);
    const types = imports.filter((each) => each.isType).map((each) => each.name);
    expect(types).toEqual(["./d", "./h"]);
  });

  test("finds globals, not their names in texts, comments and properties", () => {
    const { globals } = scan(`
      // Bun.serve, new Response()
      const a = "Bun.serve" + x.Bun.y + typeof Response;
      const b = Bun["file"], c = Bun?.serve, d: Response = new Response(), e = process.env;
      type E = { Bun: 1; Response: 2 };
      process.on("x", () => {});
      const f = \`\${{ a: 1 }.a + Bun.version}\`;
    `);
    expect(globals.map((each) => each.name)).toEqual([
      'Bun."file"',
      "Bun.serve",
      "Response",
      "process.env",
      "Bun.version",
    ]);
  });

  test("reads any text without a fault", () => {
    const piece = fc.constantFrom(
      "import",
      "export",
      "{",
      "}",
      "`",
      "${",
      '"x"',
      "/",
      "from",
      "*",
      " ",
      "\n",
      "a",
      "(",
      "Bun",
      ".",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        scan(pieces.join(""));
      }),
    );
  });
});

test("circles are exactly the groups that can reach one another", () => {
  const node = fc.constantFrom("a", "b", "c", "d", "e", "f");
  fc.assert(
    fc.property(fc.array(fc.tuple(node, node)), (edges) => {
      const graph = new Map<string, Set<string>>();
      for (const [from, to] of edges) {
        graph.set(from, (graph.get(from) ?? new Set()).add(to));
      }
      const reach = (from: string) => {
        const seen = new Set<string>();
        const queue = [...(graph.get(from) ?? [])];
        for (const next of queue) {
          if (seen.has(next)) continue;
          seen.add(next);
          queue.push(...(graph.get(next) ?? []));
        }
        return seen;
      };
      const inCircle = [..."abcdef"].filter((each) => reach(each).has(each));
      expect(circles(graph).flat().sort()).toEqual(inCircle);
    }),
  );
});
