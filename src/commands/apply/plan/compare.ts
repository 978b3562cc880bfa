import {
  differing,
  KIND_NAMES,
  PRUNABLE,
  type Present,
  type Prunable,
  pathOf,
  type Wanted,
} from "../model.ts";

/** One thing that is to be done. */
export type Change =
  | { readonly verb: "create"; readonly wanted: Wanted }
  | {
      /** `replace`: what differs cannot be changed, so a new one is made and the old one removed. */
      readonly verb: "update" | "replace";
      readonly wanted: Wanted;
      readonly present: Present;
      readonly fields: readonly string[];
    }
  | { readonly verb: "remove"; readonly present: Present };

export interface Plan {
  /** In the order in which they can be done. */
  readonly changes: readonly Change[];
  /** What is in the written lists, is not named there, and stays. */
  readonly unnamed: readonly Present[];
}

/** What the server lets nobody change. */
const FIXED: Readonly<Partial<Record<string, readonly string[]>>> = { "trust-rules": ["robot"] };

interface Pairs {
  readonly pairs: readonly (readonly [Wanted, Present])[];
  readonly missing: readonly Wanted[];
  readonly left: readonly Present[];
}

/** Pairs what is wanted and what is there under one key: the most alike first. */
function pair(wanted: readonly Wanted[], present: readonly Present[]): Pairs {
  const candidates = wanted.flatMap((want) =>
    present.map((have) => ({
      want,
      have,
      cost: differing(want.fields, have.fields).reduce(
        // One that only ends at another time is nearer than one with another condition.
        (sum, field) => sum + (field === "expiresAt" ? 1 : 2),
        0,
      ),
    })),
  );
  const taken = new Set<Wanted | Present>();
  const pairs: [Wanted, Present][] = [];
  for (const { want, have } of candidates.sort((a, b) => a.cost - b.cost)) {
    if (taken.has(want) || taken.has(have)) continue;
    taken.add(want).add(have);
    pairs.push([want, have]);
  }
  return {
    pairs,
    missing: wanted.filter((each) => !taken.has(each)),
    left: present.filter((each) => !taken.has(each)),
  };
}

function keyed<T extends Wanted | Present>(items: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = JSON.stringify([pathOf(item.section), item.key]);
    found.set(key, [...(found.get(key) ?? []), item]);
  }
  return found;
}

function changeOf(wanted: Wanted, present: Present): Change[] {
  const fields = differing(wanted.fields, present.fields);
  if (fields.length === 0) return [];
  const fixed = FIXED[wanted.section.kind] ?? [];
  const verb = fields.some((field) => fixed.includes(field)) ? "replace" : "update";
  return [{ verb, wanted, present, fields }];
}

/** Whether this is one of the kinds, and of a project or group: elsewhere nothing is ever removed. */
function isPruned({ section: { kind, project, group } }: Present, prune: ReadonlySet<Prunable>) {
  const isAsked = PRUNABLE.some((each) => each === kind && prune.has(each));
  return isAsked && (project !== null || group !== null);
}

function kindOf(change: Change): string {
  return (change.verb === "create" ? change.wanted : change.present).section.kind;
}

/**
 * What has to be done so that what is present becomes what is wanted. `present` holds all that the
 * sections have which the file names.
 */
export function compare(
  wanted: readonly Wanted[],
  present: readonly Present[],
  prune: ReadonlySet<Prunable>,
): Plan {
  const wants = keyed(wanted);
  const haves = keyed(present);
  const changes: Change[] = [];
  const unnamed: Present[] = [];
  for (const key of new Set([...wants.keys(), ...haves.keys()])) {
    const { pairs, missing, left } = pair(wants.get(key) ?? [], haves.get(key) ?? []);
    for (const [want, have] of pairs) changes.push(...changeOf(want, have));
    for (const each of missing) changes.push({ verb: "create", wanted: each });
    for (const each of left) {
      if (isPruned(each, prune)) changes.push({ verb: "remove", present: each });
      else unnamed.push(each);
    }
  }
  const made: readonly string[] = KIND_NAMES;
  const removed: readonly string[] = PRUNABLE;
  const rank = (change: Change) =>
    change.verb === "remove"
      ? made.length + removed.indexOf(kindOf(change))
      : made.indexOf(kindOf(change));
  return { changes: changes.sort((a, b) => rank(a) - rank(b)), unnamed };
}
