import type { Clock } from "../../../../kernel/clock.ts";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import type { Database } from "../../../../platform/database/port.ts";
import type { Logger } from "../../../../platform/telemetry/telemetry.ts";
import { type Doer, systemDoer } from "../../../audit/entry.ts";
import type { AuditPort } from "../../audit-port.ts";
import type { Presence } from "../../presence.ts";
import type { Revision } from "../../revision/revision.ts";
import { isName, isReserved } from "../../users/rules.ts";
import {
  changesOf,
  isUnchanged,
  isWorthNoting,
  keptText,
  linkedGroups,
  nameChoices,
  type Refusal,
  refusalOf,
  type Sighting,
} from "./rules.ts";
import { type Admission, admit, type Provisioned, provision } from "./store/provision.ts";
import { type IdentityKey, type OwnIdentity, provisionReads } from "./store/read.ts";

/** What would become of somebody who logged in now. */
export interface Preview {
  /** The account's name: the one there is, or the one it would get. */
  readonly account: string | null;
  readonly exists: boolean;
  readonly refusal: Refusal | null;
  /** Names of the groups of ours that the provider's groups are linked to. */
  readonly groups: readonly string[];
}

/** Turns what login providers say of people into accounts. */
export interface Provisioning {
  /** Somebody has just proved to be `sighting`. A refusal is in the audit log when it resolves. */
  login(sighting: Sighting, admission: Admission, presence: Presence): Promise<Provisioned>;
  /** Brings the account up to date; false when it is disabled or gone. */
  refresh(sighting: Sighting): Promise<boolean>;
  /** Who a live account is at an issuer. */
  identityOf(principalId: string, issuer: string): Promise<OwnIdentity | undefined>;
  /** Changes nothing. */
  preview(sighting: Sighting, admission: Admission): Promise<Preview>;
  /**
   * Makes an account before its first login, for providers that do not make accounts by
   * themselves; gives back its id. Throws `identity.name_invalid`, `identity.name_reserved`,
   * `identity.name_taken`, `provider.identity_taken`.
   */
  admit(
    by: Doer,
    who: IdentityKey & { name: string; displayName?: string; email?: string },
  ): Promise<string>;
}

export interface ProvisioningParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly revision: Pick<Revision, "changed">;
  readonly audit: AuditPort;
  readonly logger: Logger;
}

/** Nobody is logged in yet: the program does it, for a request from there. */
function doerAt(presence: Presence | undefined): Doer {
  if (presence === undefined) return systemDoer;
  return { ...systemDoer, address: presence.address, requestId: presence.requestId };
}

export function openProvisioning(parts: ProvisioningParts): Provisioning {
  const { db, clock, revision, audit, logger } = parts;
  const reads = provisionReads(db);

  /** The outcome when nothing has to be written: most logins of clients that send Basic. */
  async function asItIs(sighting: Sighting, isLogin: boolean): Promise<Provisioned | undefined> {
    const known = await reads.known(sighting);
    if (known === undefined) return undefined;
    const refusal = refusalOf(known);
    if (refusal !== undefined) return { ok: false, refusal };
    if (isLogin && isWorthNoting(known.lastLoginAt, clock.now())) return undefined;
    const changes = changesOf(known, sighting, await reads.links(sighting.provider));
    if (!isUnchanged(changes)) return undefined;
    return { ok: true, principalId: known.principalId, name: known.name };
  }

  async function provisioned(
    sighting: Sighting,
    admission: Admission,
    presence: Presence | undefined,
  ): Promise<Provisioned> {
    const isLogin = presence !== undefined;
    const same = await asItIs(sighting, isLogin);
    if (same !== undefined) return same;
    const { autoProvision, numbered } = admission;
    const witness = audit.witness(doerAt(presence));
    const args = { sighting, autoProvision, numbered, isLogin, witness };
    const outcome = await db.write(provision, args);
    await revision.changed();
    return outcome;
  }

  async function deny(refusal: Refusal, sighting: Sighting, presence: Presence): Promise<void> {
    const { provider, name, subject } = sighting;
    if (refusal === "name_taken" || refusal === "name_unusable") {
      logger.warn(
        { provider, name, reason: refusal },
        "a login was refused: its name cannot become an account",
      );
    }
    await audit.append(doerAt(presence), [
      {
        action: "login",
        object: { kind: "user", id: null, name },
        project: null,
        result: "denied",
        reason: `provider.${refusal}`,
        details: { provider, subject },
      },
    ]);
  }

  return {
    async login(sighting, admission, presence) {
      const outcome = await provisioned(sighting, admission, presence);
      if (!outcome.ok) await deny(outcome.refusal, sighting, presence);
      return outcome;
    },
    async refresh(sighting) {
      const nobodyNew = { autoProvision: false, numbered: false };
      return (await provisioned(sighting, nobodyNew, undefined)).ok;
    },
    identityOf: (principalId, issuer) => reads.identityOf(principalId, issuer),
    async preview(sighting, { autoProvision, numbered }) {
      const { groups = [], groupForm, provider } = sighting;
      const linked = linkedGroups(groups, groupForm, await reads.links(provider));
      const names = await reads.groupNames(linked);
      const known = await reads.known(sighting);
      if (known !== undefined) {
        const refusal = refusalOf(known) ?? null;
        return { account: known.name, exists: true, refusal, groups: names };
      }
      const choices = nameChoices(sighting.name, numbered);
      const nobody = (refusal: Refusal) =>
        ({ account: choices[0] ?? null, exists: false, refusal, groups: names }) as const;
      if (!autoProvision) return nobody("not_admitted");
      for (const account of choices) {
        if (await reads.isNameTaken(account)) continue;
        return { account, exists: false, refusal: null, groups: names };
      }
      return nobody(choices.length === 0 ? "name_unusable" : "name_taken");
    },
    async admit(by, { provider, issuer, subject, name, displayName, email }) {
      if (!isName(name)) throw failure("identity.name_invalid", { name });
      if (isReserved(name)) throw failure("identity.name_reserved", { name });
      const texts = { displayName: keptText(displayName) ?? null, email: keptText(email) ?? null };
      const witness = audit.witness(by);
      const id = await db.write(admit, { provider, issuer, subject, name, ...texts, witness });
      await revision.changed();
      return id;
    },
  };
}
