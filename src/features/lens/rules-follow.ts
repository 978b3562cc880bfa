/** A manifest of the closure, and who else holds it. */
export interface Member {
  readonly digest: string;
  /** What of the closure holds it: an index that lists it, or what it refers to. */
  readonly holders: readonly string[];
  /** Whether a tag, or a manifest outside of the closure, holds it. */
  readonly heldOutside: boolean;
}

/**
 * Which manifests go once the `roots` are deleted, where what nothing holds goes by itself: the
 * roots, and what only they and others that go hold. Whoever is in the closure was reached from a
 * root, so that each that is no root has a holder.
 */
export function following(
  members: readonly Member[],
  roots: ReadonlySet<string>,
): ReadonlySet<string> {
  const held = new Map<string, string[]>();
  for (const { digest, holders } of members) {
    for (const holder of holders) held.set(holder, [...(held.get(holder) ?? []), digest]);
  }
  const going = new Set(members.map(({ digest }) => digest));
  const staying = members
    .filter(({ digest, heldOutside }) => heldOutside && !roots.has(digest))
    .map(({ digest }) => digest);
  for (const digest of staying) going.delete(digest);
  // What stays holds what it lists and what refers to it.
  for (let next = staying.pop(); next !== undefined; next = staying.pop()) {
    for (const digest of held.get(next) ?? []) {
      if (!roots.has(digest) && going.delete(digest)) staying.push(digest);
    }
  }
  return going;
}
