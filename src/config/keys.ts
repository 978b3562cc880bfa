import { z } from "zod";
import { type KeyMeta, keyRegistry, sectionRegistry } from "./key.ts";
import type { Words } from "./kinds.ts";
import { configSchema } from "./schema.ts";

export interface ConfigKey {
  /** As a person writes it: `server.tls.cert_file`. */
  readonly name: string;
  /** Where its value stands in a `Config`: `["server", "tls", "certFile"]`. */
  readonly path: readonly string[];
  /** `ENTREPOT_SERVER_TLS_CERT_FILE`. */
  readonly env: string;
  readonly meta: KeyMeta;
}

export interface ConfigSection {
  /** `server.tls`; empty for the top. */
  readonly name: string;
  readonly words: Words;
  /** The keys that stand directly in it. */
  readonly keys: readonly ConfigKey[];
}

function snakeCase(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function collect(schema: z.ZodObject, path: readonly string[], into: ConfigSection[]): void {
  const keys: ConfigKey[] = [];
  const words = sectionRegistry.get(schema);
  const name = path.map(snakeCase).join(".");
  if (words === undefined) throw new Error(`the section ${name} was not declared by section()`);
  into.push({ name, words, keys });
  for (const [word, each] of Object.entries(schema.shape)) {
    const at = [...path, word];
    if (each instanceof z.ZodObject) {
      collect(each, at, into);
      continue;
    }
    const meta = keyRegistry.get(each);
    if (meta === undefined) throw new Error(`the key ${at.join(".")} was not declared by key()`);
    const keyName = at.map(snakeCase).join(".");
    keys.push({ name: keyName, path: at, meta, env: envName(keyName) });
  }
}

function envName(name: string): string {
  return `ENTREPOT_${name.replaceAll(".", "_").toUpperCase()}`;
}

function allSections(): ConfigSection[] {
  const sections: ConfigSection[] = [];
  collect(configSchema, [], sections);
  return sections;
}

/** Every section with its keys, in the order of the schema; the top of the file comes first. */
export const configSections: readonly ConfigSection[] = allSections();

/** Every key, in the order of the schema. */
export const configKeys: readonly ConfigKey[] = configSections.flatMap((each) => each.keys);

/** The name under which a secret may be given as a file: `admin.password_file`. */
export function fileVariant(name: string): string {
  return `${name}_file`;
}

export interface Spelling {
  readonly key: ConfigKey;
  /** Whether the value names a file that holds the secret. */
  readonly fromFile: boolean;
}

/** How the keys may be written in a file or with `--set`, secrets in both ways. */
export const spellings: ReadonlyMap<string, Spelling> = new Map(
  configKeys.flatMap((key): [string, Spelling][] => {
    const plain: [string, Spelling] = [key.name, { key, fromFile: false }];
    if (key.meta.secret !== true) return [plain];
    return [plain, [fileVariant(key.name), { key, fromFile: true }]];
  }),
);

/** How the keys may be written in the environment. */
export const envSpellings: ReadonlyMap<string, Spelling> = new Map(
  [...spellings].map(([name, spelling]) => [envName(name), spelling]),
);
