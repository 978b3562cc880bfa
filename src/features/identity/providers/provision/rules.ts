import { MINUTE } from "../../../../kernel/clock.ts";
import { isReserved, MOST_NAME, nameFrom } from "../../users/rules.ts";
import { normalDn } from "./rules-dn.ts";

/** How groups of a provider are told from one another. */
export type GroupForm = "exact" | "dn";

/** What a provider says of somebody it has just identified. */
export interface Sighting {
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** With `subject` the identity: nothing else ever joins somebody to an account (A42). */
  readonly issuer: string;
  readonly subject: string;
  /** What the provider calls them; the name of a new account is made from it. */
  readonly name: string;
  /** Undefined where the provider does not say. */
  readonly displayName: string | undefined;
  readonly email: string | undefined;
  /** The provider's groups that they are in; undefined where it is not asked about groups. */
  readonly groups: readonly string[] | undefined;
  readonly groupForm: GroupForm;
}

/** What is known of the account that has the identity. */
export interface Known {
  readonly principalId: string;
  readonly name: string;
  readonly disabledAt: number | null;
  readonly deletedAt: number | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly provider: string;
  readonly lastLoginAt: number | null;
  /** Ids of the groups that it is in by this provider's word. */
  readonly groups: readonly string[];
}

export interface Link {
  readonly groupId: string;
  readonly externalName: string;
}

/** What has to change in an account so that it is as the provider says. */
export interface Changes {
  readonly displayName?: string;
  readonly email?: string;
  readonly provider?: string;
  readonly join: readonly string[];
  readonly leave: readonly string[];
}

/** Why somebody whom the provider knows gets no account, or not this one. */
export type Refusal =
  /** Accounts of this provider are made by administrators. */
  | "not_admitted"
  /** Another account has the name. */
  | "name_taken"
  /** Nothing of what the provider calls them can be a name. */
  | "name_unusable"
  | "disabled"
  | "deleted";

/** Logins are noted at most this often: clients with Basic log in at each request. */
const NOTED_EVERY = MINUTE;
const MOST_TEXT = 256;

/** The groups of ours that a provider's groups are the same as. */
export function linkedGroups(
  groups: readonly string[],
  form: GroupForm,
  links: readonly Link[],
): string[] {
  const normal = (name: string) => (form === "dn" ? normalDn(name) : name);
  const theirs = new Set(groups.map(normal));
  const ours = links.filter(({ externalName }) => {
    const name = normal(externalName);
    return name !== undefined && theirs.has(name);
  });
  return [...new Set(ours.map(({ groupId }) => groupId))];
}

/** A text of the provider as we keep it: one line, bounded; undefined when nothing is left. */
export function keptText(text: string | undefined): string | undefined {
  const line = text?.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ").trim();
  return line === undefined || line === "" ? undefined : [...line].slice(0, MOST_TEXT).join("");
}

/** Whether the account may be used at all: no login brings a disabled one back (A39). */
export function refusalOf(known: Pick<Known, "disabledAt" | "deletedAt">): Refusal | undefined {
  if (known.deletedAt !== null) return "deleted";
  return known.disabledAt === null ? undefined : "disabled";
}

/** Group lists are replaced, not added to (A39); those of other origins are not touched. */
export function changesOf(known: Known, sighting: Sighting, links: readonly Link[]): Changes {
  const { groups, groupForm, provider } = sighting;
  const wanted = groups === undefined ? known.groups : linkedGroups(groups, groupForm, links);
  const displayName = keptText(sighting.displayName);
  const email = keptText(sighting.email);
  return {
    ...(displayName !== undefined && displayName !== known.displayName ? { displayName } : {}),
    ...(email !== undefined && email !== known.email ? { email } : {}),
    ...(provider === known.provider ? {} : { provider }),
    join: wanted.filter((id) => !known.groups.includes(id)),
    leave: known.groups.filter((id) => !wanted.includes(id)),
  };
}

/** Whether nothing has to be written at all. */
export function isUnchanged(changes: Changes): boolean {
  const { join, leave, displayName, email, provider } = changes;
  const texts = [displayName, email, provider];
  return join.length === 0 && leave.length === 0 && texts.every((each) => each === undefined);
}

/** Whether a login at `now` is to be noted. */
export function isWorthNoting(lastLoginAt: number | null, now: number): boolean {
  return lastLoginAt === null || now - lastLoginAt >= NOTED_EVERY || now < lastLoginAt;
}

const MOST_NUMBER = 99;

/**
 * The names that a new account may get, best first. With `numbered` there are more behind the
 * first, for providers whose names people choose themselves; else a taken name is refused.
 */
export function nameChoices(text: string, numbered: boolean): string[] {
  const name = nameFrom(text);
  if (name === undefined) return [];
  if (!numbered) return isReserved(name) ? [] : [name];
  const choices = isReserved(name) ? [] : [name];
  for (let number = 2; number <= MOST_NUMBER; number += 1) {
    const end = `-${number}`;
    const start = name.slice(0, MOST_NAME - end.length).replace(/[._-]+$/, "");
    choices.push(`${start}${end}`);
  }
  return choices;
}
