import { failure } from "../../../../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../../../../platform/database/port.ts";
import { type AuditEntry, done, type Witness } from "../../../../audit/entry.ts";
import { record } from "../../../../audit/store/record.ts";
import { bumpRevision } from "../../../revision/store.ts";
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
} from "../rules.ts";
import { addAccount, type Newcomer } from "./add.ts";
import { changeAccount, changeGroups, noteLogin } from "./change.ts";
import { type IdentityKey, readKnown, readLinks } from "./read.ts";

export interface Admission {
  /** Whether somebody without an account gets one. */
  readonly autoProvision: boolean;
  /** Whether a name that is taken gets a number; else its bearer is refused. */
  readonly numbered: boolean;
}

export interface Provision extends Admission {
  readonly sighting: Sighting;
  /** False when nobody logs in, but an account is brought up to date. */
  readonly isLogin: boolean;
  readonly witness: Witness;
}

export type Provisioned =
  | { readonly ok: true; readonly principalId: string; readonly name: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** Makes the account; gives back the entries to record, or why there is none. */
async function create(tx: Tx, args: Provision): Promise<AuditEntry[] | Refusal> {
  const { sighting, witness, autoProvision, numbered } = args;
  if (!autoProvision) return "not_admitted";
  const { provider, issuer, subject, groups = [], groupForm } = sighting;
  const choices = nameChoices(sighting.name, numbered);
  const displayName = keptText(sighting.displayName) ?? null;
  const email = keptText(sighting.email) ?? null;
  for (const name of choices) {
    const made = await addAccount(tx, sighting, { name, displayName, email }, witness.at);
    if (made === "name") continue;
    if (made === "identity") return [];
    const join = linkedGroups(groups, groupForm, await readLinks(tx, provider));
    await changeGroups(tx, made.id, provider, { join, leave: [] }, witness.at);
    await bumpRevision(tx);
    const details = { provider, issuer, subject, displayName, email, groups: join };
    return [done("user.create", { kind: "user", id: made.id, name }, { details })];
  }
  return choices.length === 0 ? "name_unusable" : "name_taken";
}

/**
 * Finds or makes the account of an identity and brings it up to date. An account is never joined
 * to an identity by its name or e-mail address, and never enabled (A39, A42).
 */
export const provision = procedure(
  "identity.provision",
  async (tx, args: Provision): Promise<Provisioned> => {
    const { sighting, witness, isLogin } = args;
    const entries: AuditEntry[] = [];
    let known = await readKnown(tx, sighting, true);
    if (known === undefined) {
      const made = await create(tx, args);
      // Also when the name was taken: perhaps by the same person, a moment ago on another node.
      known = await readKnown(tx, sighting, true);
      if (typeof made !== "string") entries.push(...made);
      else if (known === undefined) return { ok: false, refusal: made };
    }
    if (known === undefined) throw failure("provider.login_failed");
    const refusal = refusalOf(known);
    if (refusal !== undefined) return { ok: false, refusal };
    if (isLogin && isWorthNoting(known.lastLoginAt, witness.at)) {
      await noteLogin(tx, sighting, witness.at);
    }
    const changes = changesOf(known, sighting, await readLinks(tx, sighting.provider));
    if (!isUnchanged(changes)) {
      entries.push(...(await changeAccount(tx, known, changes, sighting, witness.at)));
    }
    await record(tx, witness, entries);
    return { ok: true, principalId: known.principalId, name: known.name };
  },
);

export interface Admit extends IdentityKey, Newcomer {
  readonly witness: Witness;
}

/**
 * Makes the account of an identity before its first login, and gives its id back. Throws
 * `identity.name_taken`, `provider.identity_taken`.
 */
export const admit = procedure("identity.admit", async (tx, args: Admit): Promise<string> => {
  const { provider, issuer, subject, name, displayName, email, witness } = args;
  const made = await addAccount(tx, args, args, witness.at);
  if (made === "name") throw failure("identity.name_taken", { name });
  if (made === "identity") throw failure("provider.identity_taken", { provider });
  await bumpRevision(tx);
  const details = { provider, issuer, subject, displayName, email };
  await record(tx, witness, [
    done("user.create", { kind: "user", id: made.id, name }, { details }),
  ]);
  return made.id;
});

export const provisionProcedures = [provision, admit];
