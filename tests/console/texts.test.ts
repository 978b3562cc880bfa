import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { en } from "../../console/src/i18n/en.ts";
import { zhCN } from "../../console/src/i18n/zh-cn.ts";
import { literals } from "./literals.ts";

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

describe("no words stand in the code itself", () => {
  test("of any page", async () => {
    for (const [path, text] of await sources(".tsx")) {
      expect([path, literals(text)]).toEqual([path, []]);
    }
  });

  test("which is looked for where it matters", () => {
    const page = `export function Page() {
      const [a] = useState<string>("x");
      const own = /^[a-z(]"/.test(a);
      // <b>Not shown</b>
      return (
        <Stack gap="xs" onClick={() => call("GET", "far")}>
          <Text size="sm">Hello {"there"} <b>friend</b></Text>
          <Text>
            {t("a.b", { name: "c" })}, you
          </Text>
          <TextInput label="Name" name="user" value={a} title={t("a.c")} aria-label="Your name" />
          <Code>{\`docker login \${a}\`}</Code>
          {own && "yours"} {a === "mine" && <b />} {own ? "one" : t("a.d")} 1,000
          <>or 或</>
        </Stack>
      );
    }`;
    expect(literals(page).sort()).toEqual(
      [", you", "Hello", "Name", "Your name", "friend", "one", "or 或", "there", "yours"].sort(),
    );
  });
});
