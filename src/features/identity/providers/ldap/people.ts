import type { LdapProvider } from "../../../../config/providers/ldap.ts";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import { bytesOf, textOf, textsOf } from "../../../../platform/directory/entry.ts";
import {
  ANY_VALUE,
  type DirectoryFilter,
  fillFilter,
} from "../../../../platform/directory/filter.ts";
import { guidBytes, guidText } from "../../../../platform/directory/guid.ts";
import type { Directory, DirectoryEntry } from "../../../../platform/directory/port.ts";

/** An entry of the directory as a person. */
export interface DirectoryPerson {
  readonly dn: string;
  /** Immutable, and never given to anybody else. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string | undefined;
  readonly email: string | undefined;
  /** Whether the directory says that the account may not be used. */
  readonly isDisabled: boolean;
  /** The groups that the entry itself names. */
  readonly memberOf: readonly string[];
}

/** [MS-ADTS] §2.2.16: ADS_UF_ACCOUNTDISABLE. */
const ACCOUNT_DISABLED = 0x2;
/** [MS-ADA1] §2.1: both mean that the account does not expire. */
const NEVER = new Set(["0", "9223372036854775807"]);
/** Between 1601, where Windows begins to count, and 1970, in milliseconds. */
const WINDOWS_EPOCH = 11_644_473_600_000n;
const EXPIRES = "accountExpires";

function isExpired(expires: string | undefined, now: number): boolean {
  if (expires === undefined || NEVER.has(expires) || !/^\d{1,19}$/.test(expires)) return false;
  return BigInt(expires) / 10_000n - WINDOWS_EPOCH <= BigInt(now);
}

/** Finds people in one directory. */
export function directoryPeople(directory: Pick<Directory, "search">, config: LdapProvider) {
  const { users, groups } = config;
  const isGuid = users.idForm === "guid";
  const attributes = [
    users.id,
    users.nameAttribute,
    users.displayNameAttribute,
    users.emailAttribute,
    ...(users.flagsAttribute === "" ? [] : [users.flagsAttribute, EXPIRES]),
    ...(groups.by === "attribute" ? [groups.memberOfAttribute] : []),
  ];

  /** At most two: one is somebody, two are nobody. */
  function search(filter: DirectoryFilter): Promise<DirectoryEntry[]> {
    const { base, scope } = users;
    const binary = isGuid ? [users.id] : [];
    return directory.search({ base, scope, filter, attributes, binary, most: 2 });
  }

  function idOf(entry: DirectoryEntry): string | undefined {
    if (!isGuid) return textOf(entry, users.id);
    const bytes = bytesOf(entry, users.id);
    return bytes === undefined ? undefined : guidText(bytes);
  }

  function toPerson(entry: DirectoryEntry, now: number): DirectoryPerson {
    const id = idOf(entry);
    const name = textOf(entry, users.nameAttribute);
    if (id === undefined || name === undefined) {
      const missing = id === undefined ? users.id : users.nameAttribute;
      throw failure("directory.refused", {}, new Error(`${entry.dn} shows no ${missing}`));
    }
    const flags = users.flagsAttribute === "" ? "0" : textOf(entry, users.flagsAttribute);
    const isOff = (Number(flags ?? "0") & ACCOUNT_DISABLED) !== 0;
    return {
      dn: entry.dn,
      id,
      name,
      displayName: textOf(entry, users.displayNameAttribute),
      email: textOf(entry, users.emailAttribute),
      isDisabled: isOff || isExpired(textOf(entry, EXPIRES), now),
      memberOf: textsOf(entry, groups.memberOfAttribute),
    };
  }

  return {
    /** Whoever the configured filter finds under the name; the time is for accounts that expire. */
    async named(name: string, now: number): Promise<DirectoryPerson[]> {
      const found = await search(fillFilter(users.filter, { name }));
      return found.map((entry) => toPerson(entry, now));
    },
    /** The person of the id, if the filter still lets them in under whatever name. */
    async withId(id: string, now: number): Promise<DirectoryPerson | undefined> {
      const equals = isGuid ? guidBytes(id) : id;
      if (equals === undefined) return undefined;
      const anybody = fillFilter(users.filter, { name: ANY_VALUE });
      const [one, other] = await search({ all: [{ attribute: users.id, equals }, anybody] });
      return one === undefined || other !== undefined ? undefined : toPerson(one, now);
    },
  };
}

export type DirectoryPeople = ReturnType<typeof directoryPeople>;
