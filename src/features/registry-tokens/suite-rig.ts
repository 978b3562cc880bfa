import { freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { newId } from "../../kernel/ids.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Database } from "../../platform/database/port.ts";
import { openKeyring } from "../../platform/sealing/keyring.ts";
import { openTelemetry } from "../../platform/telemetry/open.ts";
import { grantable } from "../access/permissions.ts";
import { type Access, openAccess } from "../access/service.ts";
import { systemDoer } from "../audit/entry.ts";
import { type Audit, openAudit } from "../audit/service.ts";
import type { Presence } from "../identity/presence.ts";
import { type Actor, everybodyAt } from "../identity/principal.ts";
import { Revision } from "../identity/revision/revision.ts";
import { type Identity, openIdentity } from "../identity/service.ts";
import { openRegistryTokens, type RegistryTokens } from "./service.ts";
import type { TokenSettings } from "./settings.ts";

export const here: Presence = { address: "127.0.0.1", requestId: "r-1", userAgent: null };

export const PASSWORD = "eleven purple elephants";

export const usual: TokenSettings = {
  issuer: "entrepot",
  service: "Entrepot",
  lifetime: 300_000,
  algorithm: "EdDSA",
  rotateEvery: 30 * 24 * 3_600_000,
};

/** argon2 as we use it, at a cost that tests can pay. */
const hasher = {
  hash: (password: string) =>
    Bun.password.hash(password, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 }),
  verify: (password: string, verifier: string) => Bun.password.verify(password, verifier),
};

export const telemetry = openTelemetry({
  level: "error",
  format: "json",
  access: false,
  routes: ["token", "jwks"],
  build: { version: "0.0.0", commit: "test" },
  sink: { write: () => {}, flushSync: () => {} },
});

/** Who may everything, and gives rights to others. */
const acting = { actor: everybodyAt(null), doer: systemDoer };

interface RigParts {
  readonly db: Database;
  readonly clock: ManualClock;
  readonly settings?: Partial<TokenSettings>;
  readonly secrets?: readonly Secret[];
}

/** One node on a database: several of them can stand on one. */
export class Rig {
  readonly clock: ManualClock;
  readonly revision: Revision;
  readonly audit: Audit;
  readonly identity: Identity;
  readonly access: Access;
  readonly tokens: RegistryTokens;

  private constructor({ db, clock, settings }: RigParts, audit: Audit, keyring: Keyring) {
    this.clock = clock;
    this.audit = audit;
    this.revision = new Revision(db, clock);
    const context = { db, clock, revision: this.revision, audit };
    this.identity = openIdentity({
      ...context,
      providers: ["local"],
      keyring,
      knownActions: grantable,
      hasher,
    });
    this.access = openAccess(context);
    this.tokens = openRegistryTokens({
      ...context,
      keyring,
      identity: this.identity,
      access: this.access,
      settings: { ...usual, ...settings },
    });
  }

  static async open(parts: RigParts): Promise<Rig> {
    const { db, clock } = parts;
    const [first = new Secret("a secret of the installation, long"), ...older] =
      parts.secrets ?? [];
    const keyring = openKeyring([first, ...older]);
    const { logger } = telemetry;
    const settings = { pulls: "gathered" } as const;
    const auditKeys = openKeyring([new Secret("the log's own, the same for all")]);
    const audit = await openAudit({ db, clock, keyring: auditKeys, settings, logger });
    const rig = new Rig(parts, audit, keyring);
    await rig.revision.changed();
    return rig;
  }

  async project(name: string, isPublic = false): Promise<string> {
    return (await this.access.projects.create(systemDoer, { name, isPublic })).id;
  }

  /** A user with a role in a project, on the repositories of a pattern. */
  async person(role?: string, projectId?: string, repositories: string | null = null) {
    const name = `u${newId()}`;
    const { user } = await this.identity.users.create(systemDoer, { name, password: PASSWORD });
    const subject = { kind: "principal", id: user.id } as const;
    if (role !== undefined) {
      await this.access.bindings.create(acting, projectId ?? null, { subject, role, repositories });
    }
    return { id: user.id, name };
  }

  async administrator() {
    const person = await this.person();
    await this.identity.users.setAdministrator(systemDoer, person.id, true);
    return person;
  }

  login(name: string, secret = PASSWORD): Promise<Actor> {
    return this.identity.basic(name, secret, here);
  }

  async close(): Promise<void> {
    this.revision.close();
    await this.identity.close();
    await this.audit.close();
  }
}

type Keyring = ReturnType<typeof openKeyring>;

/** A fresh database and a way to start nodes on it. */
export class Rigs {
  readonly db: Database;
  /** Not a whole second, as most times are not. */
  readonly clock = new ManualClock(1_800_000_000_123);
  readonly #drop: () => Promise<void>;
  readonly #open: Rig[] = [];

  private constructor(db: Database, drop: () => Promise<void>) {
    this.db = db;
    this.#drop = drop;
  }

  static async open(): Promise<Rigs> {
    const fresh = await freshDatabase();
    const db = await openFresh(fresh, new URL("./suite-writer.ts", import.meta.url));
    return new Rigs(db, () => fresh.drop());
  }

  async node(
    settings: Partial<TokenSettings> = {},
    more: Partial<Pick<RigParts, "db" | "secrets">> = {},
  ): Promise<Rig> {
    const rig = await Rig.open({ db: this.db, clock: this.clock, settings, ...more });
    this.#open.push(rig);
    return rig;
  }

  async close(): Promise<void> {
    for (const rig of this.#open) await rig.close();
    await this.db.close();
    await this.#drop();
  }
}
