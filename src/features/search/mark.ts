import { failure } from "../../kernel/errors/catalogue.ts";
import type { SearchField, SearchKind } from "../../platform/database/schema/search.ts";
import type { Plan } from "./plan.ts";

/** The last hit of a page, by what everybody who was shown it knows of it. */
export interface LastHit {
  /** Under which it was found. */
  readonly term: string;
  readonly field: SearchField | "digest" | "blob";
  readonly value: string;
  /** Id; null for a project. */
  readonly repositoryId: string | null;
  readonly digest: string | null;
}

/** Where a page ended. */
export interface Mark {
  readonly kind: SearchKind;
  readonly plan: Plan;
  /** The walk that it ended in. */
  readonly leg: number;
  /** Null where the walk has not begun. */
  readonly last: LastHit | null;
}

type Written = [string, string, boolean, number, (string | null)[] | null];

/** Writes a mark down; of hidden things it tells nothing, since it is made of a hit. */
export function markOf({ kind, plan, leg, last }: Mark): string {
  const { term, field, value, repositoryId, digest } = last ?? {};
  const end = last === null ? null : [term, field, value, repositoryId, digest];
  return JSON.stringify([kind, plan.rarest, plan.isRareName, leg, end]);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 300;
}

function isWritten(value: unknown): value is Written {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [kind, rarest, isRareName, leg, last] = value;
  if (!isText(kind) || !isText(rarest) || typeof isRareName !== "boolean") return false;
  if (!Number.isInteger(leg) || leg < 0 || leg > 16) return false;
  if (last === null) return true;
  return (
    Array.isArray(last) &&
    last.length === 5 &&
    last.slice(0, 3).every(isText) &&
    last.slice(3).every((each) => each === null || isText(each))
  );
}

/** Reads what `markOf` wrote. Throws `api.invalid`. */
export function readMark(text: string): Mark {
  const written = parse(text);
  if (!isWritten(written)) {
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  }
  const [kind, rarest, isRareName, leg, end] = written;
  const [term = "", field = "", value = "", repositoryId = null, digest = null] = end ?? [];
  const last = {
    term: term ?? "",
    field: field as LastHit["field"],
    value: value ?? "",
    repositoryId,
    digest,
  };
  return {
    kind: kind as SearchKind,
    plan: { rarest, isRareName },
    leg,
    last: end === null ? null : last,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
