import type { ASTNode } from "@marcbachmann/cel-js";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import { parseGlob } from "../../../oci/glob.ts";
import { isNetwork } from "../../projects/networks.ts";

export const MOST_NODES = 200;
/** A loop over claims costs as many steps as they have values, and is not put into another. */
const MOST_LOOPS = 4;

const LOOPS: ReadonlySet<string> = new Set(["all", "exists", "exists_one"]);

const TIME_PARTS: ReadonlySet<string> = new Set([
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getHours",
  "getMinutes",
  "getSeconds",
]);

/**
 * All that a condition may call, besides operators. Regular expressions (`matches`) are left out,
 * because theirs backtrack (A62), and so is all that makes big values out of small ones.
 */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...LOOPS,
  ...TIME_PARTS,
  "inNetwork",
  "matchesGlob",
  "has",
  "size",
  "contains",
  "startsWith",
  "endsWith",
  "lowerAscii",
  "upperAscii",
  "trim",
  "string",
  "int",
  "timestamp",
  "duration",
]);

interface Walk {
  loops: number;
}

/**
 * Refuses what a condition may not do, before it is type-checked: functions that are not on the
 * list, loops in loops, and literals that can never be right. Throws `condition.*`.
 */
export function vet(ast: ASTNode): void {
  visit(ast, { loops: 0 }, false);
}

function visit(node: ASTNode, walk: Walk, isInLoop: boolean): void {
  if (node.op === "call" || node.op === "rcall") {
    visitCall(node, walk, isInLoop);
    return;
  }
  for (const child of children(node.args)) visit(child, walk, isInLoop);
}

type Call = Extract<ASTNode, { readonly op: "call" | "rcall" }>;

function visitCall(node: Call, walk: Walk, isInLoop: boolean): void {
  const name = node.args[0];
  const given = node.op === "call" ? node.args[1] : node.args[2];
  const position = node.start + 1;
  if (!FUNCTIONS.has(name)) {
    const functions = [...FUNCTIONS].join(", ");
    throw failure("condition.function", { function: excerpt(name), position, functions });
  }
  const isLoop = node.op === "rcall" && LOOPS.has(name);
  if (isLoop) {
    walk.loops += 1;
    if (isInLoop) throw failure("condition.too_large", { problem: "a loop within a loop" });
    if (walk.loops > MOST_LOOPS) {
      throw failure("condition.too_large", { problem: `more than ${MOST_LOOPS} loops` });
    }
  }
  checkLiterals(name, given);
  if (node.op === "rcall") visit(node.args[1], walk, isInLoop);
  for (const child of given) visit(child, walk, isInLoop || isLoop);
}

const DURATION = /^-?(?:\d{1,9}(?:ns|us|ms|s|m|h)){1,4}$/;

/**
 * A network, pattern or time zone that is written out is checked now and not at each request. A
 * duration must be written out: the library's reader takes cubic time over a hostile text.
 */
function checkLiterals(name: string, given: readonly ASTNode[]): void {
  const last = given.at(-1);
  if (name === "duration") checkDuration(last);
  if (last?.op !== "value" || typeof last.args !== "string") return;
  const value = last.args;
  const position = last.start + 1;
  const refuse = (expected: string) =>
    failure("condition.value", { value: excerpt(value), position, expected });
  if (name === "inNetwork" && !isNetwork(value)) throw refuse("network");
  if (name === "matchesGlob") parseGlob(value);
  if (TIME_PARTS.has(name) && !isTimeZone(value)) throw refuse("time zone");
}

function checkDuration(node: ASTNode | undefined): void {
  const value = node?.op === "value" && typeof node.args === "string" ? node.args : "";
  if (DURATION.test(value)) return;
  const position = (node?.start ?? 0) + 1;
  throw failure("condition.value", { value: excerpt(value), position, expected: "duration" });
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** The nodes below one, whatever its kind keeps them in. */
function children(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(children);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
