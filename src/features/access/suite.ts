import { freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Doer } from "../audit/entry.ts";
import { doerOf } from "../identity/doer.ts";
import type { Actor, Principal } from "../identity/principal.ts";
import { Revision } from "../identity/revision/revision.ts";
import type { Acting } from "./acting.ts";
import { type Access, openAccess } from "./service.ts";
import { addGroup, addPrincipal, addRepository } from "./suite-procedures.ts";

const writerEntry = new URL("./suite-writer.ts", import.meta.url);

/** Access on the engine under test, with a clock of its own. */
export interface AccessBench {
  readonly access: Access;
  readonly db: Database;
  readonly clock: ManualClock;
  readonly revision: Revision;
  /** An administrator of the installation. */
  readonly root: Acting;
  user(name: string, more?: Partial<Actor> & { administrator?: boolean }): Promise<Acting>;
  robot(name: string, projectId: string | null): Promise<Acting>;
  group(name: string): Promise<string>;
  /** Makes a repository, and its project, as a push does. */
  push(by: Acting, repository: string, create?: boolean): Promise<string>;
  audited(): Promise<{ action: string; project_id: string | null; details: string }[]>;
  close(): Promise<void>;
}

/** The actor that a principal is, for a request from 10.0.0.1 with a password. */
export function actorOf(principal: Principal, more: Partial<Actor> = {}): Actor {
  return {
    principal,
    groups: [],
    via: "password",
    credentialId: null,
    limits: null,
    secondFactor: false,
    confirmedAt: null,
    address: "10.0.0.1",
    claims: {},
    ...more,
  };
}

/**
 * What a promise is rejected with. `expect().rejects` of Bun turns the event loop where it stands,
 * and so waits for ever for a writer's thread whose last message woke the test.
 */
export async function refusal(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
}

export function actingOf(actor: Actor): Acting {
  return { actor, doer: doerOf(actor, "request") };
}

export async function openAccessBench(): Promise<AccessBench> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, writerEntry);
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 12));
  const revision = new Revision(db, clock);
  const audit = { witness: (doer: Doer) => ({ doer, at: clock.now(), headKey: "00" }) };
  const access = openAccess({ db, clock, revision, audit });

  async function principal(
    name: string,
    kind: "user" | "robot",
    administrator: boolean,
    projectId: string | null,
  ): Promise<Principal> {
    const id = await db.write(addPrincipal, { name, kind, administrator, projectId });
    return { id, kind, name, administrator };
  }

  const bench = {
    access,
    db,
    clock,
    revision,
    async user(name: string, more: Partial<Actor> & { administrator?: boolean } = {}) {
      const { administrator = false, ...rest } = more;
      return actingOf(actorOf(await principal(name, "user", administrator, null), rest));
    },
    async robot(name: string, projectId: string | null) {
      return actingOf(actorOf(await principal(name, "robot", false, projectId), { via: "robot" }));
    },
    group: (name: string) => db.write(addGroup, name),
    async push(by: Acting, repository: string, create = true) {
      const witness = audit.witness(by.doer);
      const args = { repository, create, principal: by.actor.principal.id, witness };
      const id = await db.write(addRepository, args);
      return id;
    },
    audited: () =>
      db.read
        .selectFrom("audit")
        .select(["action", "project_id", "details"])
        .orderBy("chain")
        .orderBy("seq")
        .execute(),
    async close() {
      revision.close();
      await db.close();
      await fresh.drop();
    },
  };
  return { ...bench, root: await bench.user("root", { administrator: true }) };
}
