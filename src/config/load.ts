import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { crossCheck } from "./cross-check.ts";
import { type Environment, readEnvironment } from "./env-source.ts";
import { configKeys, fileVariant, spellings } from "./keys.ts";
import { ConfigError, type Problem } from "./problems.ts";
import { type Config, configSchema } from "./schema.ts";
import { type Given, readYaml, unknownKey } from "./yaml-source.ts";

export interface ConfigInput {
  /** Values from the command line, by key name (`server.listen`), with the flag they came from. */
  readonly overrides?: readonly Given[];
  readonly env?: Environment;
  /** The YAML file; without one there is no file layer. */
  readonly file?: string | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each key that was given came from; a key that is missing here has its default. */
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * Reads the configuration: command line over environment over file over defaults.
 * Throws a `ConfigError` that names every problem, each with its key and its source.
 */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const problems: Problem[] = [];
  const chosen = new Map<string, Given>();
  for (const layer of layers(input, problems)) {
    for (const [key, given] of withoutDoubles(layer, problems)) chosen.set(key, given);
  }
  const tree = {};
  for (const key of configKeys) {
    const given = chosen.get(key.name);
    if (given !== undefined) place(tree, key.path, resolveValue(given, problems));
  }
  const parsed = configSchema.safeParse(fillSections(tree));
  const origins = new Map([...chosen].map(([name, given]) => [name, given.origin]));
  if (parsed.success) {
    const config = withPaths(parsed.data);
    problems.push(...crossCheck(config, origins));
    if (problems.length === 0) return { config, origins };
    throw new ConfigError(problems);
  }
  for (const key of configKeys) {
    const issues = parsed.error.issues.filter((issue) => startsWith(issue.path, key.path));
    const given = chosen.get(key.name);
    if (issues.length === 0 || given === undefined) continue;
    const told = issues.flatMap(wordsOf);
    if (told.length > 0) {
      for (const words of told) problems.push({ key: key.name, origin: given.origin, ...words });
      continue;
    }
    const shown = key.meta.secret === true ? "" : ` ${quote(given.value)}`;
    problems.push({
      key: key.name,
      origin: given.origin,
      en: `the value${shown} is not possible; allowed: ${key.meta.allowed.en}`,
      zh: `值${shown}${shown === "" ? "" : " "}无效；允许：${key.meta.allowed.zh}`,
    });
  }
  throw new ConfigError(problems);
}

/** What a kind of value has to say itself of what is wrong inside it. */
function wordsOf(issue: z.core.$ZodIssue): { en: string; zh: string }[] {
  if (issue.code !== "custom") return [];
  const { en, zh } = issue.params ?? {};
  return typeof en === "string" && typeof zh === "string" ? [{ en, zh }] : [];
}

/** The layers from the weakest to the strongest. */
function layers(input: ConfigInput, problems: Problem[]): Given[][] {
  const { file, env = {}, overrides = [] } = input;
  const fromFile = file === undefined ? undefined : readText(file, "", file, problems);
  for (const given of overrides) {
    if (!spellings.has(given.name)) {
      problems.push(unknownKey(given.name, given.origin, spellings.keys()));
    }
  }
  return [
    file === undefined || fromFile === undefined ? [] : readYaml(fromFile, file, problems),
    readEnvironment(env, problems),
    overrides.filter((given) => spellings.has(given.name)),
  ];
}

/** By key; a secret that one layer gives both plainly and as a file is a contradiction. */
function withoutDoubles(layer: readonly Given[], problems: Problem[]): Map<string, Given> {
  const byKey = new Map<string, Given>();
  for (const given of layer) {
    const key = spellings.get(given.name)?.key.name ?? given.name;
    const other = byKey.get(key);
    if (other !== undefined && other.name !== given.name) {
      problems.push({
        key,
        origin: `${other.origin}, ${given.origin}`,
        en: `given twice: as \`${key}\` and as \`${fileVariant(key)}\``,
        zh: `重复给出：\`${key}\` 与 \`${fileVariant(key)}\``,
      });
    }
    byKey.set(key, given);
  }
  return byKey;
}

function resolveValue(given: Given, problems: Problem[]): unknown {
  const spelling = spellings.get(given.name);
  if (spelling?.fromFile !== true) return given.value;
  const text = readText(String(given.value), given.name, given.origin, problems);
  // Editors end files with a line break that is no part of the secret.
  return text === undefined ? "" : text.replace(/\r?\n$/, "");
}

function readText(
  file: string,
  key: string,
  origin: string,
  problems: Problem[],
): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    problems.push({
      key,
      origin,
      en: `the file ${file} cannot be read: ${reason}`,
      zh: `无法读取文件 ${file}：${reason}`,
    });
    return undefined;
  }
}

type Tree = { [word: string]: unknown };

function place(tree: Tree, path: readonly string[], value: unknown): void {
  const [word = "", ...rest] = path;
  if (rest.length === 0) {
    tree[word] = value;
    return;
  }
  tree[word] ??= {};
  place(tree[word] as Tree, rest, value);
}

/** Puts an empty map where a section has no value, so that the defaults of its keys are taken. */
function fillSections(tree: Tree): Tree {
  for (const key of configKeys) {
    let at = tree;
    for (const word of key.path.slice(0, -1)) {
      at[word] ??= {};
      at = at[word] as Tree;
    }
  }
  return tree;
}

function withPaths(config: Config): Config {
  const path = config.storage.path === "" ? join(config.data, "storage") : config.storage.path;
  return { ...config, storage: { ...config.storage, path } };
}

function startsWith(path: readonly PropertyKey[], start: readonly string[]): boolean {
  return start.every((word, index) => path[index] === word);
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
