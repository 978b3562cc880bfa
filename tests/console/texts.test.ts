import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { en } from "../../console/src/i18n/en.ts";
import { zhCN } from "../../console/src/i18n/zh-cn.ts";

const SOURCES = join(import.meta.dir, "../../console/src");

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    return typeof value === "string" ? [[path, value]] : flat(value, `${path}.`);
  });
}

const english = new Map(flat(en));
const chinese = new Map(flat(zhCN));

async function sources(ending: string): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const path of new Bun.Glob(`**/*${ending}`).scan({ cwd: SOURCES })) {
    found.push([path, await Bun.file(join(SOURCES, path)).text()]);
  }
  return found;
}

test("both languages have the same texts", () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
});

test("and put the same things into them", () => {
  const gaps = (text = "") => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
  for (const [key, text] of english)
    expect([key, gaps(chinese.get(key))]).toEqual([key, gaps(text)]);
});

test("Chinese is Chinese, English is not", () => {
  const own = /\p{Script=Han}/u;
  for (const [key, text] of english) expect([key, own.test(text)]).toEqual([key, false]);
  const names = new Set(["app.name"]);
  for (const [key, text] of chinese) expect([key, own.test(text)]).toEqual([key, !names.has(key)]);
});

test("every text is used", async () => {
  const all = [...(await sources(".ts")), ...(await sources(".tsx"))]
    .filter(([path]) => !path.startsWith("i18n/"))
    .map(([, text]) => text)
    .join("\n");
  const named = new Set([...all.matchAll(/"([a-z]\w*(?:\.\w+)+)"/gi)].map(([, key = ""]) => key));
  const patterns = [...all.matchAll(/t\(`([^`]*)`/g)].map(
    ([, key = ""]) => new RegExp(`^${key.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "\\w+")}$`),
  );
  const unused = [...english.keys()].filter((key) => {
    const base = key.replace(/_(?:one|other)$/, "");
    return !named.has(base) && !patterns.some((pattern) => pattern.test(base));
  });
  expect(unused).toEqual([]);
});

/** Words between tags, and in attributes that are read out or shown. */
function literals(tsx: string): string[] {
  const code = tsx
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
    .replace(/=>|<=|>=/g, "")
    .replace(/\{(?:"[^"]*"|`[^`]*`|[^{}"`]|\{(?:"[^"]*"|`[^`]*`|[^{}"`])*\})*\}/g, "{}");
  const between = [...code.matchAll(/>([^<>={};]*\p{L}[^<>={};]*)<\/?[A-Za-z>]/gu)];
  const attributes = [
    ...code.matchAll(
      /\b(?:aria-label|alt|description|label|placeholder|title)="([^"]*\p{L}[^"]*)"/gu,
    ),
  ];
  return [...between, ...attributes].map(([, words = ""]) => words.trim());
}

describe("no words stand in the code itself", () => {
  test("of any page", async () => {
    for (const [path, text] of await sources(".tsx")) {
      expect([path, literals(text)]).toEqual([path, []]);
    }
  });

  test("which is looked for where it matters", () => {
    const page = `export function Page() {
      const [a] = useState<string>("x");
      // <b>Not shown</b>
      return (
        <Stack gap="xs" onClick={() => go("far")}>
          <Text size="sm">Hello there</Text>
          <Text>
            {t("a.b")}, you
          </Text>
          <TextInput label="Name" value={a} title={t("a.c")} />
          <Code>{\`docker login \${a}\`}</Code>
          <>or 或</>
        </Stack>
      );
    }`;
    expect(literals(page)).toEqual(["Hello there", "or 或", "Name"]);
    expect(literals("<p>\n  Two\n  lines\n</p>")).toEqual(["Two\n  lines"]);
  });
});
