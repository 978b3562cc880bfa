import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "./load.ts";
import { configWarnings } from "./warnings.ts";

const EXAMPLES = join(import.meta.dir, "../../examples");
const examples = readdirSync(EXAMPLES).filter((name) => name.endsWith(".yaml"));

const folder = mkdtempSync(join(tmpdir(), "entrepot-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the secrets of an example would hold where it is used. */
const SECRETS: Readonly<Record<string, string>> = {
  password_file: "a long enough password\n",
  "secrets:\n  key_file": "a key of thirty-two characters, or more\n",
  database_file: "postgres://entrepot:password@localhost/entrepot\n",
};

test("there are examples", () => {
  expect(examples.length).toBeGreaterThanOrEqual(4);
});

test.each(examples)("%s is usable, and nothing in it is insecure", (name) => {
  const text = readFileSync(join(EXAMPLES, name), "utf8");
  const local = text.replace(
    /(password_file|database_file|secrets:\n {2}key_file): (.+)/g,
    (_, key: string) => {
      const path = join(folder, key.replace(/\W+/g, "-"));
      writeFileSync(path, SECRETS[key] ?? "");
      return `${key}: ${path}`;
    },
  );
  const file = join(folder, name);
  writeFileSync(file, local);
  const { config, origins } = loadConfig({ file });
  expect(origins.size).toBeGreaterThan(2);
  expect(configWarnings(config, origins)).toEqual([]);
});
