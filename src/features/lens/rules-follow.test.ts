import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { following, type Member } from "./rules-follow.ts";

interface World {
  /** Each is held by some before it. */
  readonly nodes: readonly { readonly holders: readonly number[]; readonly tagged: boolean }[];
  readonly roots: readonly number[];
}

const worlds: fc.Arbitrary<World> = fc.record({
  nodes: fc.array(
    fc.record({
      holders: fc.array(fc.nat({ max: 11 }), { maxLength: 3 }),
      tagged: fc.boolean().chain((maybe) => (maybe ? fc.boolean() : fc.constant(false))),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  roots: fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 2 }),
});

/** Deletes the roots, and then, one after the other, whatever nothing holds any more. */
function deletedOneByOne({ nodes, roots }: World) {
  const count = nodes.length;
  const holders = nodes.map((node, index) => node.holders.filter((holder) => holder < index));
  const first = new Set(roots.map((root) => root % count));
  const inside = new Set(first);
  for (let index = 0; index < count; index++) {
    if (holders[index]?.some((holder) => inside.has(holder))) inside.add(index);
  }
  const gone = new Set(first);
  for (let before = -1; before < gone.size; ) {
    before = gone.size;
    for (const index of inside) {
      const isHeld = holders[index]?.some((holder) => !gone.has(holder));
      if (!isHeld && nodes[index]?.tagged === false) gone.add(index);
    }
  }
  return { inside, gone, holders, first };
}

test("what goes with the roots is what goes when each is looked at by itself", () => {
  const property = fc.property(worlds, (world) => {
    const { inside, gone, holders, first } = deletedOneByOne(world);
    const members: Member[] = [...inside].map((index) => ({
      digest: `${index}`,
      holders: (holders[index] ?? []).filter((each) => inside.has(each)).map(String),
      heldOutside:
        world.nodes[index]?.tagged === true ||
        (holders[index] ?? []).some((each) => !inside.has(each)),
    }));
    const found = following(members, new Set([...first].map(String)));
    expect([...found].sort()).toEqual([...gone].map(String).sort());
  });
  fc.assert(property, { numRuns: 2_000 });
});
