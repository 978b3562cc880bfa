import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { AuditResult, AuditTable } from "../../platform/database/schema/access.ts";
import { type AuditFilter, type Looking, readWindow } from "./store/list.ts";

/** An entry as people and exports see it. */
export interface AuditView {
  readonly id: string;
  readonly at: number;
  readonly chain: number;
  readonly seq: number;
  readonly actor: { readonly id: string; readonly kind: string; readonly name: string };
  readonly via: string;
  readonly credentialId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly action: string;
  readonly object: {
    readonly kind: string;
    readonly id: string | null;
    readonly name: string | null;
  };
  readonly project: string | null;
  readonly result: AuditResult;
  readonly reason: string | null;
  readonly details: unknown;
  readonly hash: string;
}

/** `next` leads on while it is not null, also where `entries` is short or empty. */
export interface AuditPage {
  readonly entries: readonly AuditView[];
  readonly next: string | null;
}

/** Rows looked at in one go, and goes until a page is given as it is. */
const WINDOW = 2_000;
const GOES = 10;

const ID = /^[0-9a-hjkmnp-tv-z]{26}$/;

function parsed(details: string): unknown {
  try {
    return JSON.parse(details);
  } catch {
    // Only tampering makes it so; whoever reads the log should see what is there.
    return { unreadable: details };
  }
}

export function viewOf(row: AuditTable): AuditView {
  return {
    id: row.id,
    at: row.at,
    chain: row.chain,
    seq: row.seq,
    actor: { id: row.actor_id, kind: row.actor_kind, name: row.actor_name },
    via: row.via,
    credentialId: row.credential_id,
    address: row.address,
    requestId: row.request_id,
    action: row.action,
    object: { kind: row.object_kind, id: row.object_id, name: row.object_name },
    project: row.project_id,
    result: row.result,
    reason: row.reason,
    details: parsed(row.details),
    hash: row.hash,
  };
}

/** Lets what else waits run: reads of SQLite happen on this thread. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A page of at most `limit` entries after the entry `after`. Throws `audit.bad_cursor`. */
export async function readPage(
  db: Pick<Database, "read">,
  { filter, order, after, limit }: Omit<Looking, "window">,
): Promise<AuditPage> {
  if (after !== null && !ID.test(after)) throw failure("audit.bad_cursor", { after });
  const entries: AuditView[] = [];
  let next = after;
  for (let go = 0; go < GOES; go++) {
    const left = limit - entries.length;
    const found = await readWindow(db, { filter, order, after: next, limit: left, window: WINDOW });
    entries.push(...found.rows.map(viewOf));
    next = found.next;
    if (next === null || entries.length === limit) break;
    await breathe();
  }
  return { entries, next };
}

/** Every entry that fits, oldest first, page by page. */
export async function* readAll(
  db: Pick<Database, "read">,
  filter: AuditFilter,
): AsyncGenerator<readonly AuditView[]> {
  let after: string | null = null;
  do {
    const page: AuditPage = await readPage(db, { filter, order: "oldest", after, limit: 500 });
    if (page.entries.length > 0) yield page.entries;
    after = page.next;
    await breathe();
  } while (after !== null);
}
