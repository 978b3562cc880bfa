import { posix } from "node:path";
import { circles } from "./circles.ts";
import { mayImport, placeOf } from "./rooms.ts";
import { type Import, type SourceFacts, scan } from "./scan.ts";

/** The rules, by the name that a violation carries. */
export type Rule =
  | "floor"
  | "circle"
  | "room"
  | "kysely"
  | "hono"
  | "aws"
  | "response"
  | "bun"
  | "process"
  | "pure-rules"
  | "size"
  | "name"
  | "folder"
  | "barrel"
  | "default-export";

export interface Violation {
  readonly rule: Rule;
  /** `path:line`, or a path alone. */
  readonly at: string;
  readonly why: string;
}

const MOST_LINES = 350;
const FORBIDDEN_FOLDERS = /(?:^|\/)(?:utils?|helpers?|common|misc|lib|shared)\//;
/** What `rules.ts` may use besides types, the kernel, `oci` and the rules of rooms below. */
const PURE_LIBRARIES = new Set(["@marcbachmann/cel-js", "semver", "picomatch", "re2js"]);
/** Tables of words, as pure as rules are. */
const VOCABULARIES = new Set(["src/features/access/permissions.ts"]);

const isRules = (path: string) => /\/rules(?:-[a-z0-9-]+)?\.ts$/.test(path);
const isTest = (path: string) => /\.test\.tsx?$|\/suite(?:-[a-z0-9-]+)?\.ts$/.test(path);
const isIn = (path: string, ...folders: string[]) =>
  folders.some((folder) => path.startsWith(`src/${folder}/`));

/** `store.ts`, `store-<what>.ts` or a file under `store/`, of a feature or a platform port. */
const isStore = (path: string) =>
  isIn(path, "features", "platform") && /\/store(?:-[a-z0-9-]+)?\.ts$|\/store\//.test(path);

/** Rights that a library gives only to some rooms: `[rule, library, who may, in words]`. */
const LIBRARIES: readonly [Rule, RegExp, (path: string) => boolean, string][] = [
  [
    "kysely",
    /^kysely(?:\/|$)/,
    (path) => isStore(path) || isIn(path, "platform/database"),
    "only store.ts and platform/database speak SQL",
  ],
  ["hono", /^(?:hono|@hono\/[^/]+)(?:\/|$)/, (path) => isIn(path, "doors"), "only doors know HTTP"],
  [
    "aws",
    /^@aws-sdk\//,
    (path) => isIn(path, "platform/blobs"),
    "only platform/blobs uses the AWS SDK",
  ],
  ["bun", /^bun(?::|$)/, (path) => isIn(path, "platform"), "Bun's own APIs stay in platform"],
  ["process", /^(?:node:)?process$/, isMain, "only main.ts reads argv and environment and exits"],
];

const GLOBALS: readonly [Rule, RegExp, (path: string) => boolean, string][] = [
  ["bun", /^Bun\./, (path) => isIn(path, "platform"), "Bun's own APIs stay in platform"],
  ["process", /^process\./, isMain, "only main.ts reads argv and environment and exits"],
  [
    "response",
    /^Response$/,
    (path) => isIn(path, "doors", "platform/listen", "platform/outbound"),
    "only doors construct a Response",
  ],
];

function isMain(path: string): boolean {
  return path === "src/main.ts";
}

/**
 * Checks source files, given by their path from the project's root. Files under `src/` are held
 * to the rights of their rooms; all are held to sizes and names.
 */
export function checkHouse(files: ReadonlyMap<string, string>): Violation[] {
  const found: Violation[] = [];
  const imports = new Map<string, Set<string>>();
  for (const [path, source] of files) {
    const facts = scan(source);
    found.push(...checkShape(path, facts));
    if (!path.startsWith("src/")) continue;
    imports.set(path, new Set(localImports(path, facts).map(([target]) => target)));
    found.push(...checkRoom(path, facts));
    if (!isTest(path)) found.push(...checkRights(path, facts));
  }
  return [...found, ...checkCircles(imports)];
}

function checkShape(path: string, facts: SourceFacts): Violation[] {
  const found: Violation[] = [];
  const name = posix.basename(path);
  if (facts.lines > MOST_LINES && !name.endsWith(".gen.ts")) {
    found.push({ rule: "size", at: path, why: `${facts.lines} lines, more than ${MOST_LINES}` });
  }
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*\.tsx?$/.test(name)) {
    found.push({ rule: "name", at: path, why: "file names are kebab-case" });
  }
  if (facts.isBarrel) found.push({ rule: "barrel", at: path, why: "it only re-exports" });
  if (!path.startsWith("src/")) return found;
  if (FORBIDDEN_FOLDERS.test(path)) {
    found.push({ rule: "folder", at: path, why: "the folder's name says nothing of its subject" });
  }
  for (const { line } of facts.defaultExports) {
    found.push({ rule: "default-export", at: `${path}:${line}`, why: "exports have names" });
  }
  return found;
}

function localImports(path: string, facts: SourceFacts): [target: string, found: Import][] {
  return facts.imports
    .filter(({ name }) => name.startsWith("."))
    .map((found) => [posix.join(posix.dirname(path), found.name), found]);
}

function checkRoom(path: string, facts: SourceFacts): Violation[] {
  const from = placeOf(path);
  if (from === undefined) return [{ rule: "room", at: path, why: "the house has no such room" }];
  const found: Violation[] = [];
  for (const [target, { line, isType }] of localImports(path, facts)) {
    const at = `${path}:${line}`;
    const to = target.startsWith("src/") ? placeOf(target) : undefined;
    if (to === undefined) {
      const isTool = isTest(path) && !target.startsWith("src/");
      if (!isTool) found.push({ rule: "floor", at, why: `${target} is outside of the house` });
    } else if (!mayImport(from, to)) {
      found.push({ rule: "floor", at, why: `${from.room} may not use ${to.room}` });
    } else if (isRules(path) && !isType && !mayRulesUse(target)) {
      found.push({ rule: "pure-rules", at, why: `rules are pure; ${target} may not be` });
    }
  }
  return found;
}

function mayRulesUse(target: string): boolean {
  return isIn(target, "kernel", "oci") || isRules(target) || VOCABULARIES.has(target);
}

function checkRights(path: string, facts: SourceFacts): Violation[] {
  const found: Violation[] = [];
  for (const { name, line, isType } of facts.imports) {
    const at = `${path}:${line}`;
    for (const [rule, library, may, why] of LIBRARIES) {
      if (library.test(name) && !may(path)) found.push({ rule, at, why });
    }
    if (isRules(path) && !isType && !name.startsWith(".") && !PURE_LIBRARIES.has(name)) {
      found.push({ rule: "pure-rules", at, why: `rules are pure; ${name} is not on the list` });
    }
  }
  for (const { name, line } of facts.globals) {
    for (const [rule, global, may, why] of GLOBALS) {
      if (global.test(name) && !may(path)) found.push({ rule, at: `${path}:${line}`, why });
    }
  }
  return found;
}

/** Circles of files, and circles of rooms: two rooms that need each other are one. */
function checkCircles(imports: ReadonlyMap<string, ReadonlySet<string>>): Violation[] {
  const rooms = new Map<string, Set<string>>();
  for (const [path, targets] of imports) {
    const from = placeOf(path)?.room;
    if (from === undefined || isTest(path)) continue;
    const used = rooms.get(from) ?? new Set();
    rooms.set(from, used);
    for (const target of targets) {
      const to = imports.has(target) ? placeOf(target)?.room : undefined;
      if (to !== undefined && to !== from) used.add(to);
    }
  }
  const groups = [...circles(imports), ...circles(rooms)];
  return groups.map((group) => ({
    rule: "circle",
    at: group[0] ?? "",
    why: `these need one another: ${group.join(", ")}`,
  }));
}
