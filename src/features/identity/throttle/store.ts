import { type Database, procedure, type Tx } from "../../../platform/database/port.ts";
import type { AuditEntry, Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import type { ThrottleRule } from "../settings.ts";
import { type Failures, oneMore } from "./rules.ts";

/** Failed logins, by subject: `pair:…`, `source:…`, `account:…`, `token:…`. */
const FAILURES = "login.failures";
/** Sources that have logged in to an account: `known:…`. */
const KNOWN = "login.known";

export interface Counted {
  readonly subject: string;
  readonly rule: ThrottleRule;
}

/** The row of the subject, locked; made when there is none. */
async function lockCounter(tx: Tx, subject: string, now: number): Promise<Failures> {
  await tx
    .insertInto("counters")
    .values({ name: FAILURES, subject, window_start: now, window_end: now, count: 0 })
    .onConflict((c) => c.columns(["name", "subject"]).doNothing())
    .execute();
  const row = await tx
    .selectFrom("counters")
    .select(["count", "window_start"])
    .where("name", "=", FAILURES)
    .where("subject", "=", subject)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return { count: row.count, last: row.window_start };
}

export interface NoteFailure {
  readonly counted: readonly Counted[];
  readonly witness: Witness;
  readonly entries: readonly AuditEntry[];
}

/** Counts a failed login and records it. Gives the counts as they are now, by subject. */
export const noteFailure = procedure(
  "identity.note-failure",
  async (tx, { counted, witness, entries }: NoteFailure): Promise<Record<string, Failures>> => {
    const now = witness.at;
    const counts: Record<string, Failures> = {};
    // Always in the same order, so that no two wait for each other.
    for (const { subject, rule } of counted.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))) {
      const before = await lockCounter(tx, subject, now);
      const { count, last, forgotten } = oneMore(before, rule, now);
      await tx
        .updateTable("counters")
        .set({ count, window_start: last, window_end: forgotten })
        .where("name", "=", FAILURES)
        .where("subject", "=", subject)
        .execute();
      counts[subject] = { count, last };
    }
    await record(tx, witness, entries);
    return counts;
  },
);

export interface NoteLogin {
  readonly principalId: string;
  /** Whose failures are forgiven; null for none. */
  readonly forgiven: string | null;
  /** What source is known from now on, and until when; null for none. */
  readonly known: { readonly subject: string; readonly until: number } | null;
  readonly witness: Witness;
  readonly entries: readonly AuditEntry[];
}

/** Records a login, and what follows from it for the next one. */
export const noteLogin = procedure(
  "identity.note-login",
  async (tx, { principalId, forgiven, known, witness, entries }: NoteLogin): Promise<void> => {
    const now = witness.at;
    // No change that anything is decided from, and so no new version.
    await tx
      .updateTable("principals")
      .set({ last_login_at: now })
      .where("id", "=", principalId)
      .execute();
    if (forgiven !== null) {
      await tx
        .deleteFrom("counters")
        .where("name", "=", FAILURES)
        .where("subject", "=", forgiven)
        .execute();
    }
    if (known !== null) {
      const { subject, until } = known;
      const row = { window_start: now, window_end: until, count: 1 };
      await tx
        .insertInto("counters")
        .values({ name: KNOWN, subject, ...row })
        .onConflict((c) => c.columns(["name", "subject"]).doUpdateSet(row))
        .execute();
    }
    await record(tx, witness, entries);
  },
);

export const throttleProcedures = [noteFailure, noteLogin];

/** The reads of what is counted, compiled once. */
export function throttleReads(db: Database) {
  const failures = db.prepare((q, p: { name: string; a: string; b: string; c: string }) =>
    q
      .selectFrom("counters")
      .select(["subject", "count", "window_start"])
      .where("name", "=", p.name)
      .where((e) => e.or([e("subject", "=", p.a), e("subject", "=", p.b), e("subject", "=", p.c)]))
      .compile(),
  );
  const known = db.prepare((q, p: { name: string; subject: string }) =>
    q
      .selectFrom("counters")
      .select("window_end")
      .where("name", "=", p.name)
      .where("subject", "=", p.subject)
      .compile(),
  );
  return {
    /** The failures of up to three subjects; repeat one where there are fewer. */
    async failures(a: string, b: string, c: string): Promise<ReadonlyMap<string, Failures>> {
      const rows = await failures({ name: FAILURES, a, b, c });
      return new Map(
        rows.map(({ subject, count, window_start }) => [subject, { count, last: window_start }]),
      );
    },
    /** Until when the source is known to the account; 0 when it is not. */
    async knownUntil(subject: string): Promise<number> {
      return (await known({ name: KNOWN, subject }))[0]?.window_end ?? 0;
    },
  };
}

export type ThrottleReads = ReturnType<typeof throttleReads>;
