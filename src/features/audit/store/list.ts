import { type ExpressionBuilder, sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { AuditResult, AuditTable } from "../../../platform/database/schema/access.ts";
import type { Schema } from "../../../platform/database/schema/schema.ts";

/** What entries can be asked for by; what is left out does not matter. */
export interface AuditFilter {
  /** Id of the actor. */
  readonly actor?: string | undefined;
  /** How the action begins: `tag.` or `tag.move`. */
  readonly action?: string | undefined;
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
  readonly objectName?: string | undefined;
  /** Id of the project. */
  readonly project?: string | undefined;
  readonly result?: AuditResult | undefined;
  readonly address?: string | undefined;
  /** Milliseconds: not before. */
  readonly from?: number | undefined;
  /** Milliseconds: before. */
  readonly to?: number | undefined;
}

/** A window of rows looked at, and where the next one begins. */
export interface Window {
  readonly rows: AuditTable[];
  /** Id of the last row looked at, whether it fitted or not; null at the end. */
  readonly next: string | null;
}

export interface Looking {
  readonly filter: AuditFilter;
  readonly order: "newest" | "oldest";
  /** Id after which to go on, in that order. */
  readonly after: string | null;
  /** Most rows to give. */
  readonly limit: number;
  /** Most rows to look at. */
  readonly window: number;
}

type Where = ExpressionBuilder<Schema, "audit">;

/** What an index leads to. */
function narrow(eb: Where, { filter, order, after }: Looking) {
  const { project, actor, from, to } = filter;
  return eb.and([
    ...(after === null ? [] : [eb("id", order === "newest" ? "<" : ">", after)]),
    ...(project === undefined ? [] : [eb("project_id", "=", project)]),
    ...(actor === undefined ? [] : [eb("actor_id", "=", actor)]),
    ...(from === undefined ? [] : [eb("id", ">=", timePrefix(from))]),
    ...(to === undefined ? [] : [eb("id", "<", timePrefix(to))]),
  ]);
}

/** What is looked for row by row, inside of a window. */
function fits(eb: Where, { filter }: Looking) {
  const { action, objectKind, objectId, objectName, result, address } = filter;
  const begins = (prefix: string) =>
    eb(sql<string>`substr(${sql.ref("action")}, 1, ${sql.lit(prefix.length)})`, "=", prefix);
  return eb.and([
    ...(action === undefined ? [] : [begins(action)]),
    ...(objectKind === undefined ? [] : [eb("object_kind", "=", objectKind)]),
    ...(objectId === undefined ? [] : [eb("object_id", "=", objectId)]),
    ...(objectName === undefined ? [] : [eb("object_name", "=", objectName)]),
    ...(result === undefined ? [] : [eb("result", "=", result)]),
    ...(address === undefined ? [] : [eb("address", "=", address)]),
  ]);
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Where the ids of a millisecond begin: an id starts with its 48 bits of time. */
function timePrefix(at: number): string {
  let rest = BigInt(Math.max(0, Math.floor(at))) << 2n;
  let prefix = "";
  for (let digit = 0; digit < 10; digit++) {
    prefix = (ALPHABET[Number(rest & 31n)] ?? "0") + prefix;
    rest >>= 5n;
  }
  return prefix;
}

/**
 * One window of the log: at most `window` rows are looked at, however rare what is looked for, so
 * that the cost of a page does not depend on how long the log is.
 */
export async function readWindow(db: Pick<Database, "read">, looking: Looking): Promise<Window> {
  const direction = looking.order === "newest" ? "desc" : "asc";
  const edge = await db.read
    .selectFrom("audit")
    .select("id")
    .where((eb) => narrow(eb, looking))
    .orderBy("id", direction)
    .offset(looking.window - 1)
    .limit(1)
    .executeTakeFirst();
  const rows = await db.read
    .selectFrom("audit")
    .selectAll()
    .where((eb) => narrow(eb, looking))
    .where((eb) => fits(eb, looking))
    .$if(edge !== undefined, (q) =>
      q.where("id", looking.order === "newest" ? ">=" : "<=", edge?.id ?? ""),
    )
    .orderBy("id", direction)
    .limit(looking.limit)
    .execute();
  const full = rows.length === looking.limit ? rows.at(-1)?.id : undefined;
  return { rows, next: full ?? edge?.id ?? null };
}
