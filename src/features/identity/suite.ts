import { freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Database } from "../../platform/database/port.ts";
import { openKeyring } from "../../platform/sealing/keyring.ts";
import type { Doer } from "../audit/entry.ts";
import type { AuditPort } from "./audit-port.ts";
import type { PasswordHasher } from "./passwords/local.ts";
import type { Presence } from "./presence.ts";
import { Revision } from "./revision/revision.ts";
import { type Identity, type IdentityParts, openIdentity } from "./service.ts";
import { appendEntries } from "./suite-procedures.ts";
import type { User } from "./users/user.ts";

const writerEntry = new URL("./suite-writer.ts", import.meta.url);

/** Who makes accounts in tests. */
export const operator: Doer = {
  id: "operator",
  kind: "user",
  name: "operator",
  via: "password",
  credentialId: null,
  address: "192.0.2.1",
  requestId: "request",
};

/** From an address, with a request id. */
export function from(address: string | null): Presence {
  return { address, requestId: "request", userAgent: null };
}

export const here: Presence = from("192.0.2.7");

/** argon2id at a cost for tests, which counts what it did. */
export class CountingHasher implements PasswordHasher {
  hashes = 0;
  checks = 0;

  hash(password: string): Promise<string> {
    this.hashes += 1;
    return Bun.password.hash(password, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });
  }

  verify(password: string, verifier: string): Promise<boolean> {
    this.checks += 1;
    return Bun.password.verify(password, verifier);
  }
}

export const PASSWORD = "correct horse battery";

/** A node of an installation: identity on a database that other nodes may share. */
export interface Node {
  readonly identity: Identity;
  readonly revision: Revision;
  readonly hasher: CountingHasher;
  readonly audit: AuditPort;
}

export interface World extends Node {
  readonly db: Database;
  readonly clock: ManualClock;
  /** Makes an ordinary account with `PASSWORD`. */
  person(name: string): Promise<User>;
  /** The log, oldest first: `action result reason`. */
  log(): Promise<string[]>;
  /** Another node on the same database. */
  node(more?: Partial<IdentityParts>): Promise<Node>;
  close(): Promise<void>;
}

export const actions = ["repository:pull", "repository:push", "repository:delete", "project:read"];

/** Identity on a fresh database of the engine under test, and a clock that stands still. */
export async function openWorld(more: Partial<IdentityParts> = {}): Promise<World> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, writerEntry);
  const clock = new ManualClock(Date.UTC(2030, 0, 1));
  const nodes: Node[] = [];

  async function node(extra: Partial<IdentityParts> = {}): Promise<Node> {
    const revision = new Revision(db, clock);
    await revision.changed();
    const hasher = new CountingHasher();
    const audit: AuditPort = {
      witness: (doer) => ({ doer, at: clock.now(), headKey: "00".repeat(32) }),
      append: (doer, entries) =>
        db.write(appendEntries, { witness: audit.witness(doer), entries: [...entries] }),
    };
    const keyring = openKeyring([new Secret("a key for tests")]);
    const identity = openIdentity({
      db,
      clock,
      revision,
      audit,
      providers: ["local"],
      keyring,
      knownActions: actions,
      hasher,
      ...more,
      ...extra,
    });
    const made = { identity, revision, hasher, audit };
    nodes.push(made);
    return made;
  }

  const first = await node();
  return {
    ...first,
    db,
    clock,
    node,
    async person(name) {
      const made = await first.identity.users.create(operator, { name, password: PASSWORD });
      return made.user;
    },
    async log() {
      const rows = await db.read.selectFrom("audit").selectAll().orderBy("at").execute();
      // Within one chain by number: ids of one millisecond are in no order.
      rows.sort((a, b) => a.at - b.at || a.chain - b.chain || a.seq - b.seq);
      return rows.map(({ action, result, reason }) =>
        reason === null ? `${action} ${result}` : `${action} ${result} ${reason}`,
      );
    },
    async close() {
      for (const each of nodes) {
        await each.identity.close();
        each.revision.close();
      }
      await db.close();
      await fresh.drop();
    },
  };
}

/** The code of the failure that a promise ends with; `none` when it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "none";
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (typeof code !== "string") throw error;
    return code;
  }
}
