import type { LdapProvider } from "../../../../config/providers/ldap.ts";
import { textsOf } from "../../../../platform/directory/entry.ts";
import type { DirectoryFilter } from "../../../../platform/directory/filter.ts";
import type { Directory, DirectoryEntry } from "../../../../platform/directory/port.ts";
import { normalDn } from "../provision/rules-dn.ts";
import type { DirectoryPerson } from "./people.ts";

/** [MS-ADTS] §3.1.1.3.4.4.3: LDAP_MATCHING_RULE_TRANSITIVE_EVAL, "in chain". */
const IN_CHAIN = "1.2.840.113556.1.4.1941";
/** Nobody is in more: a directory that says so is not believed further. */
const MOST_GROUPS = 2_000;
/** How many groups are asked about in one search. */
const BATCH = 50;

/** The groups found, as the directory spells their names, and whether there were more. */
export interface FoundGroups {
  readonly names: readonly string[];
  readonly isCut: boolean;
}

/** Finds the groups that people are in, those that their groups are in with them. */
export function directoryGroups(directory: Pick<Directory, "search">, config: LdapProvider) {
  const { groups } = config;

  function search(membership: DirectoryFilter): Promise<DirectoryEntry[]> {
    return directory.search({
      base: groups.base,
      scope: groups.scope,
      filter: { all: [{ text: groups.filter }, membership] },
      attributes: ["1.1"],
      most: MOST_GROUPS,
    });
  }

  const namesOf = (entries: readonly DirectoryEntry[]) => entries.map(({ dn }) => dn);

  /** The groups that these groups are members of. */
  async function above(names: readonly string[]): Promise<string[]> {
    if (groups.by === "attribute") return listedBy(names);
    const found: string[] = [];
    for (let at = 0; at < names.length; at += BATCH) {
      const any = names
        .slice(at, at + BATCH)
        .map((equals) => ({ attribute: groups.memberAttribute, equals }));
      found.push(...namesOf(await search({ any })));
    }
    return found;
  }

  /** What the entries of these groups say themselves. */
  async function listedBy(names: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const base of names) {
      const [entry] = await directory.search({
        base,
        scope: "base",
        filter: { text: "(objectClass=*)" },
        attributes: [groups.memberOfAttribute],
        most: 1,
      });
      if (entry !== undefined) found.push(...textsOf(entry, groups.memberOfAttribute));
    }
    return found;
  }

  /** Goes up level by level, each group once, so that circles end. */
  async function walk(start: readonly string[]): Promise<FoundGroups> {
    const seen = new Map<string, string>();
    const take = (names: readonly string[]) =>
      names.filter((name) => {
        const normal = normalDn(name);
        if (normal === undefined || seen.has(normal)) return false;
        seen.set(normal, name);
        return true;
      });
    let level = take(start);
    const canNest = groups.nested === "walk" && groups.memberForm === "dn";
    for (let depth = 0; canNest && depth < groups.depth && level.length > 0; depth += 1) {
      if (seen.size >= MOST_GROUPS) break;
      level = take(await above(level));
    }
    const names = [...seen.values()];
    return { names: names.slice(0, MOST_GROUPS), isCut: names.length >= MOST_GROUPS };
  }

  async function direct(person: DirectoryPerson): Promise<readonly string[]> {
    if (groups.by === "attribute") return person.memberOf;
    const attribute = groups.memberAttribute;
    if (groups.nested === "in_chain") {
      return namesOf(await search({ attribute, rule: IN_CHAIN, value: person.dn }));
    }
    const equals = groups.memberForm === "dn" ? person.dn : person.name;
    return namesOf(await search({ attribute, equals }));
  }

  return {
    /** Undefined where groups are not asked for. */
    async of(person: DirectoryPerson): Promise<FoundGroups | undefined> {
      return groups.by === "none" ? undefined : walk(await direct(person));
    },
  };
}

export type DirectoryGroups = ReturnType<typeof directoryGroups>;
