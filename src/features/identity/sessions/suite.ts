import { freshDatabase, openFresh } from "../../../../tests/support/database.ts";
import { DAY, HOUR, ManualClock, MINUTE } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { Secret } from "../../../kernel/secret.ts";
import { openKeyring } from "../../../platform/sealing/keyring.ts";
import type { AuditPort } from "../audit-port.ts";
import { openFactors } from "../factors/service.ts";
import type { Presence } from "../presence.ts";
import { Revision } from "../revision/revision.ts";
import { purgeSessionsJob } from "./job.ts";
import { openSessions } from "./service.ts";
import { addPerson, appendEntries, type ChangePerson, changePerson } from "./suite-procedures.ts";

const writer = new URL("./suite-writer.ts", import.meta.url);

/** The code that is thrown, or `undefined`. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

/** From somewhere, with something. */
export function presenceAt(address: string, requestId: string | null = null): Presence {
  return { address, requestId, userAgent: "suite/1.0" };
}

export const ORIGIN = "https://registry.example.com";
export const PASSWORD = "right horse battery";

/** Sessions and factors over a database of their own. */
export async function startSuite() {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, writer);
  const clock = new ManualClock(1_800_000_000_000);
  const secret = new Secret("a key of the suite, long enough to seal");
  const keyring = openKeyring([secret]);
  const revision = new Revision(db, clock);
  const headKey = Buffer.from(keyring.derive("audit head")).toString("hex");
  const mustHave = new Set<string>();
  const audit: AuditPort = {
    witness: (doer) => ({ doer, at: clock.now(), headKey }),
    append: (doer, entries) => db.write(appendEntries, { witness: audit.witness(doer), entries }),
  };
  const lifetimes = { idle: 12 * HOUR, most: 30 * DAY };
  const shared = { db, clock, revision, audit, lifetimes };
  const people = new Map<string, string>();

  /** The same rooms over the same rows, with another ring of keys. */
  function openWith(ring: ReturnType<typeof openKeyring>) {
    const mustHaveFactor = (id: string) => mustHave.has(id);
    const sessions = openSessions({ ...shared, keyring: ring, mustHaveFactor });
    const factors = openFactors({
      ...shared,
      keyring: ring,
      sessions,
      party: { name: "Entrepôt", id: "registry.example.com", origins: [ORIGIN] },
      stepUp: 5 * MINUTE,
      source: (address) => address ?? "local",
      async checkPassword(name, password) {
        const principalId = people.get(name);
        if (principalId === undefined || password !== PASSWORD) {
          throw failure("access.bad_credentials");
        }
        return { principalId, provider: "local", claims: {} };
      },
      hasPassword: (origin) => origin === "local",
      mayUsePasskeyAlone: (origin) => origin === "local",
    });
    return { sessions, factors };
  }

  return {
    db,
    clock,
    secret,
    keyring,
    revision,
    mustHave,
    openWith,
    ...openWith(keyring),
    async person(name: string, origin = "local"): Promise<{ id: string; name: string }> {
      const id = newId(clock.now());
      await db.write(addPerson, { id, name, origin, now: clock.now() });
      people.set(name, id);
      return { id, name };
    },
    async change(id: string, set: ChangePerson["set"]): Promise<void> {
      await db.write(changePerson, { id, set });
      await revision.changed();
    },
    /** Runs the purge as its schedule does. */
    purge: () =>
      purgeSessionsJob(db).run(null, {
        jobId: "suite",
        attempt: 1,
        signal: new AbortController().signal,
        log: () => undefined,
        progress: () => undefined,
        now: () => clock.now(),
      }),
    /** What is recorded of an action by somebody, or of something, by its id; oldest first. */
    async recorded(action: string, of: string) {
      const rows = await db.read
        .selectFrom("audit")
        .select(["actor_id", "object_kind", "object_id", "result", "reason", "details"])
        .where("action", "=", action)
        .where((e) => e.or([e("actor_id", "=", of), e("object_id", "=", of)]))
        .orderBy("seq")
        .execute();
      return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }));
    },
    async close(): Promise<void> {
      revision.close();
      await db.close();
      await fresh.drop();
    },
  };
}

export type Suite = Awaited<ReturnType<typeof startSuite>>;

/** Opens a session as a login with the right password would. */
export function signIn(suite: Suite, who: { id: string; name: string }, presence: Presence) {
  return suite.sessions.open(
    {
      principalId: who.id,
      principalName: who.name,
      provider: "local",
      claims: {},
      secondFactorAt: null,
    },
    presence,
  );
}
