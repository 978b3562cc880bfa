import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from "yaml";
import { z } from "zod";
import { suggest } from "../../../config/suggest.ts";
import type { Words } from "../../remote/words.ts";
import type { Problem } from "./problems.ts";
import { type FileContent, fileSchema } from "./schema.ts";

/** One YAML document, and where in its file things stand. */
export interface Read {
  readonly content: FileContent;
  /** `file:line:column` of what is at that path. */
  at(path: readonly PropertyKey[]): string;
}

/** How often what is written once may be repeated by `*name`. */
const MOST_ALIASES = 100;
/** Of our own schema nothing is deeper. */
const DEEPEST = 24;

const TOO_DEEP = { en: "nested too deeply", zh: "嵌套过深" };
const CHINESE = z.locales.zhCN().localeError;

/** Says where an offset of a file is. */
type Place = (offset: number | undefined) => string;

/** The node at a path, or the nearest one above it that is written. */
function nodeAt(document: Document, path: readonly PropertyKey[]): Node | undefined {
  let node: unknown = document.contents;
  let found = isNode(node) ? node : undefined;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) node = node.items.find((pair) => keyText(pair.key) === String(step))?.value;
    else if (isSeq(node)) node = node.items[Number(step)];
    else return found;
    if (!isNode(node)) return found;
    found = node;
  }
  return found;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

/** Where a key itself stands. */
function keyAt(document: Document, path: readonly PropertyKey[], key: string): Node | undefined {
  const raw = nodeAt(document, path);
  const map = isAlias(raw) ? raw.resolve(document) : raw;
  const pair = isMap(map) ? map.items.find((each) => keyText(each.key) === key) : undefined;
  return isNode(pair?.key) ? pair.key : raw;
}

/** Names that would not be what is written: `1.0` is the number 1, and `{a: b}` is no name. */
function oddKeys(node: unknown, place: Place, problems: Problem[], depth = 0): void {
  if (depth > DEEPEST) {
    const at = place(isNode(node) ? node.range?.[0] : undefined);
    problems.push({ at, words: TOO_DEEP });
    return;
  }
  if (isSeq(node)) for (const item of node.items) oddKeys(item, place, problems, depth + 1);
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    if (!isScalar(key) || typeof key.value !== "string") {
      const at = place(isNode(key) ? key.range?.[0] : undefined);
      problems.push({ at, words: { en: "write the name in quotes", zh: "名称须加引号" } });
    }
    oddKeys(value, place, problems, depth + 1);
  }
}

/** The keys that stand at a path, for a suggestion. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = fileSchema;
  const inner = (value: unknown): unknown =>
    value instanceof z.ZodOptional || value instanceof z.ZodNullable
      ? inner(value.unwrap())
      : value;
  for (const step of path) {
    schema = inner(schema);
    if (schema instanceof z.ZodObject) schema = Reflect.get(schema.shape, step);
    else if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else if (schema instanceof z.ZodArray) schema = schema.element;
  }
  schema = inner(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unknownKey(key: string, path: readonly PropertyKey[]): Words {
  const meant = suggest(key, knownKeys(path));
  const more =
    meant === undefined ? ["", ""] : [`; did you mean ${meant}?`, `；您是否想写 ${meant}？`];
  return { en: `there is no field ${key}${more[0]}`, zh: `没有字段 ${key}${more[1]}` };
}

/** What the schema says is wrong with a document. */
function faultsOf(document: Document, value: unknown, place: Place): Problem[] {
  const english = fileSchema.safeParse(value);
  const chinese = fileSchema.safeParse(value, { error: CHINESE });
  const issues = english.error?.issues ?? [];
  return issues.flatMap((issue, index): Problem[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        at: place(keyAt(document, issue.path, key)?.range?.[0]),
        words: unknownKey(key, issue.path),
      }));
    }
    const path = issue.path.map(String).join(".");
    const said = (text: string | undefined) => `${path === "" ? "" : `${path}: `}${text ?? ""}`;
    const zh = chinese.error?.issues[index]?.message;
    const node =
      issue.code === "invalid_key"
        ? keyAt(document, issue.path.slice(0, -1), String(issue.path.at(-1)))
        : nodeAt(document, issue.path);
    return [{ at: place(node?.range?.[0]), words: { en: said(issue.message), zh: said(zh) } }];
  });
}

function readOne(document: Document.Parsed, place: Place, problems: Problem[]): Read | undefined {
  const before = problems.length;
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    // The parser catches the end of the stack by itself.
    const isDeep = message.includes("call stack");
    const words = { en: `not valid YAML: ${message}`, zh: `YAML 无效：${message}` };
    problems.push({ at: place(pos[0]), words: isDeep ? TOO_DEEP : words });
  }
  if (problems.length === before) oddKeys(document.contents, place, problems);
  if (problems.length > before) return undefined;
  const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    problems.push(...faultsOf(document, value, place));
    return undefined;
  }
  return {
    content: parsed.data ?? {},
    at: (path) => place(nodeAt(document, path)?.range?.[0]),
  };
}

/** Reads the YAML documents of a text. What is wrong goes to `problems`. */
export function readDocuments(text: string, file: string, problems: Problem[]): Read[] {
  const lines = new LineCounter();
  const place: Place = (offset) => {
    if (offset === undefined) return file;
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  try {
    const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: true } as const;
    const documents = parseAllDocuments(text, options);
    if (!Array.isArray(documents)) return [];
    return documents.flatMap((each) => readOne(each, place, problems) ?? []);
  } catch (error) {
    // Too many repetitions are a ReferenceError there; too deep a nesting ends the stack.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    const { message } = error;
    const isDeep = error instanceof RangeError;
    const words = isDeep
      ? TOO_DEEP
      : {
          en: `repeats too much, or what is not there, by *name: ${message}`,
          zh: `通过 *name 重复过多，或引用不存在的内容：${message}`,
        };
    problems.push({ at: file, words });
    return [];
  }
}
