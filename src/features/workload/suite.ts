import { freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/errors/catalogue.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Database } from "../../platform/database/port.ts";
import { openOutbound } from "../../platform/outbound/outbound.ts";
import { openKeyring } from "../../platform/sealing/keyring.ts";
import { openTelemetry } from "../../platform/telemetry/open.ts";
import type { Acting } from "../access/acting.ts";
import { grantable } from "../access/permissions.ts";
import { type Access, openAccess } from "../access/service.ts";
import { systemDoer } from "../audit/entry.ts";
import { type Audit, openAudit } from "../audit/service.ts";
import { doerOf } from "../identity/doer.ts";
import type { Presence } from "../identity/presence.ts";
import { everybodyAt } from "../identity/principal.ts";
import { Revision } from "../identity/revision/revision.ts";
import type { NewRobot, Robot } from "../identity/robots/robot.ts";
import { type Identity, openIdentity } from "../identity/service.ts";
import { openWorkload, type Workload } from "./service.ts";
import type { NewTrustRule, TrustRule, TrustScope } from "./trust/rule.ts";

export const AUDIENCE = "registry.example.com";
export const here: Presence = { address: "192.0.2.7", requestId: "request", userAgent: null };

/** Who may everything. */
export const operator: Acting = { actor: everybodyAt(null), doer: systemDoer };

const telemetry = openTelemetry({
  level: "error",
  format: "json",
  access: false,
  routes: [],
  build: { version: "0.0.0", commit: "test" },
  sink: { write: () => {}, flushSync: () => {} },
});

export interface WorldOptions {
  /** Entries of `outbound.allow`; loopback unless told. */
  readonly allow?: readonly string[];
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

interface WorldParts {
  readonly db: Database;
  readonly clock: ManualClock;
  readonly audit: Audit;
  readonly options: WorldOptions;
  readonly drop: () => Promise<void>;
}

/** An installation with a project and a robot in it, on the engine under test. */
export class World implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly faults: string[] = [];
  readonly db: Database;
  readonly revision: Revision;
  readonly audit: Audit;
  readonly identity: Identity;
  readonly access: Access;
  readonly workload: Workload;
  readonly #drop: () => Promise<void>;

  private constructor({ db, clock, audit, options, drop }: WorldParts) {
    this.db = db;
    this.clock = clock;
    this.audit = audit;
    this.#drop = drop;
    this.revision = new Revision(db, clock);
    const context = { db, clock, revision: this.revision, audit };
    this.identity = openIdentity({
      ...context,
      providers: ["local"],
      keyring: openKeyring([new Secret("a key for tests")]),
      knownActions: grantable,
    });
    this.access = openAccess(context);
    const { allow = ["127.0.0.1"], resolve } = options;
    this.workload = openWorkload({
      ...context,
      identity: this.identity,
      access: this.access,
      outbound: openOutbound({ allow, ...(resolve === undefined ? {} : { resolve }) }),
      knownActions: new Set(grantable),
      onFault: (_, error) => {
        const { cause } = error instanceof Error ? error : { cause: undefined };
        this.faults.push(cause instanceof Error ? cause.message : String(error));
      },
    });
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const fresh = await freshDatabase();
    const db = await openFresh(fresh, new URL("./suite-writer.ts", import.meta.url));
    const clock = new ManualClock(Date.UTC(2030, 0, 1));
    const { logger } = telemetry;
    const keyring = openKeyring([new Secret("a key for tests")]);
    const audit = await openAudit({ db, clock, keyring, settings: { pulls: "gathered" }, logger });
    const world = new World({ db, clock, audit, options, drop: () => fresh.drop() });
    await world.revision.changed();
    return world;
  }

  async project(name: string): Promise<NonNullable<TrustScope>> {
    const { id } = await this.access.projects.create(systemDoer, { name });
    return { id, name };
  }

  async robot(scope: TrustScope, name: string, more: Partial<NewRobot> = {}): Promise<Robot> {
    return (await this.identity.robots.create(systemDoer, { name, project: scope, ...more })).robot;
  }

  /** Somebody with a role in a project, ready to act. */
  async person(name: string, scope: TrustScope, role: string): Promise<Acting> {
    const password = "eleven purple elephants";
    const { user } = await this.identity.users.create(systemDoer, { name, password });
    const subject = { kind: "principal", id: user.id } as const;
    await this.access.bindings.create(operator, scope?.id ?? null, { subject, role });
    const actor = await this.identity.basic(name, password, here);
    return { actor, doer: doerOf(actor, "request") };
  }

  rule(
    scope: TrustScope,
    robot: Robot,
    issuer: string,
    more: Partial<NewTrustRule> = {},
  ): Promise<TrustRule> {
    return this.workload.rules.create(operator, scope, {
      name: "main branch",
      robotId: robot.id,
      issuer,
      audience: AUDIENCE,
      subject: "repo:team/app:*",
      ...more,
    });
  }

  /** The exchanges and changes of rules in the log, oldest first. */
  async log() {
    const rows = await this.db.read
      .selectFrom("audit")
      .selectAll()
      .where((e) => e.or([e("action", "like", "trust.%"), e("action", "=", "workload.exchange")]))
      .execute();
    rows.sort((a, b) => a.at - b.at || a.chain - b.chain || a.seq - b.seq);
    return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }));
  }

  /** The last exchange that was refused; all of them are in one chain. */
  async lastRefusal() {
    const last = (await this.log()).findLast(({ result }) => result === "denied");
    if (last === undefined) throw new Error("nothing was refused");
    return last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.identity.close();
    this.revision.close();
    await this.audit.close();
    await this.db.close();
    await this.#drop();
  }
}

/** The code of the failure that a promise ends with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  return "none";
}
