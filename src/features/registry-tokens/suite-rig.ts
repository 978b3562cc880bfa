import { freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { newId } from "../../kernel/ids.ts";
import { Secret } from "../../kernel/secret.ts";
import { compileGlob } from "../../oci/glob.ts";
import type { Database } from "../../platform/database/port.ts";
import { openKeyring } from "../../platform/sealing/keyring.ts";
import { decide, projectNameOf } from "../access/rules.ts";
import type { HeldBinding } from "../access/rules-binding.ts";
import type { Doer, Witness } from "../audit/entry.ts";
import { Actors } from "../identity/actors/actors.ts";
import { IdentityMemory } from "../identity/actors/memory.ts";
import { Rechecks } from "../identity/actors/rechecks.ts";
import { actorReads } from "../identity/actors/store.ts";
import type { Presence } from "../identity/presence.ts";
import { Revision } from "../identity/revision/revision.ts";
import type { Decides } from "./ports.ts";
import { openRegistryTokens, type RegistryTokens } from "./service.ts";
import type { TokenSettings } from "./settings.ts";
import { addPrincipal } from "./suite-procedures.ts";

export const here: Presence = { address: "127.0.0.1", requestId: "r-1", userAgent: null };

/** Rights by hand, judged by the real rules. */
export class Rights implements Decides {
  readonly projects = new Map<string, { id: string; isPublic: boolean }>();
  readonly #bindings = new Map<string, HeldBinding[]>();
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  give(principalId: string, pattern: string, permissions: readonly string[]): void {
    const role = { key: "r", name: "r", permissions: new Set(permissions), secondFactor: false };
    const repository = pattern === "**" ? null : compileGlob(pattern);
    const binding: HeldBinding = {
      id: newId(),
      subject: { kind: "principal", id: principalId },
      role,
      scope: "system",
      projectId: null,
      repository,
      tag: null,
      condition: null,
      expiresAt: null,
    };
    this.#bindings.set(principalId, [...(this.#bindings.get(principalId) ?? []), binding]);
  }

  take(principalId: string): void {
    this.#bindings.delete(principalId);
  }

  decide: Decides["decide"] = (actor, action, resource) => {
    const name = projectNameOf(resource) ?? "";
    const found = this.projects.get(name);
    const project = found === undefined ? null : { ...found, name, from: null };
    const system = this.#bindings.get(actor.principal.id) ?? [];
    const holdings = [{ system, byProject: new Map() }];
    return decide({ actor, action, resource, project, holdings, now: this.#clock.now() });
  };

  projectId = (name: string): string | undefined => this.projects.get(name)?.id;
}

export const usual: TokenSettings = {
  issuer: "entrepot",
  service: "Entrepot",
  lifetime: 300_000,
  algorithm: "EdDSA",
  rotateEvery: 30 * 24 * 3_600_000,
};

/** One node on a database: several of them can stand on one. */
export class Rig {
  readonly revision: Revision;
  readonly clock: ManualClock;
  readonly db: Database;
  readonly actors: Actors;
  readonly tokens: RegistryTokens;
  readonly rights: Rights;
  readonly witnessed: Doer[] = [];

  constructor(
    db: Database,
    clock: ManualClock,
    settings: TokenSettings,
    secrets: readonly Secret[],
  ) {
    const [first = new Secret("a secret of the installation, long"), ...older] = secrets;
    this.db = db;
    this.clock = clock;
    this.rights = new Rights(clock);
    this.revision = new Revision(db, clock);
    const memory = new IdentityMemory(this.revision, actorReads(db));
    this.actors = new Actors({ memory, rechecks: new Rechecks([], clock), clock });
    const witness = (doer: Doer): Witness => {
      this.witnessed.push(doer);
      return { doer, at: clock.now(), headKey: "00".repeat(32) };
    };
    this.tokens = openRegistryTokens({
      db,
      clock,
      keyring: openKeyring([first, ...older]),
      revision: this.revision,
      audit: { witness },
      identity: this.actors,
      access: this.rights,
      settings,
    });
  }

  /** A user who may do everything in the repositories of `pattern`. */
  async person(pattern: string, permissions: readonly string[]): Promise<string> {
    const id = newId();
    await this.db.write(addPrincipal, { id, name: `u-${id}`, kind: "user" });
    await this.revision.changed();
    this.rights.give(id, pattern, permissions);
    return id;
  }
}

/** A fresh database and a way to start nodes on it. */
export async function openRigs(): Promise<{
  node(settings?: Partial<TokenSettings>, secrets?: readonly Secret[]): Promise<Rig>;
  readonly db: Database;
  readonly clock: ManualClock;
  close(): Promise<void>;
}> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, new URL("./suite-writer.ts", import.meta.url));
  // Not a whole second, as most times are not.
  const clock = new ManualClock(1_800_000_000_123);
  const rigs: Rig[] = [];
  return {
    db,
    clock,
    async node(settings = {}, secrets = []) {
      const rig = new Rig(db, clock, { ...usual, ...settings }, secrets);
      await rig.revision.changed();
      rigs.push(rig);
      return rig;
    },
    async close() {
      for (const rig of rigs) rig.revision.close();
      await db.close();
      await fresh.drop();
    },
  };
}
