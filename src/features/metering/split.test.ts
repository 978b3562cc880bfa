import { expect, test } from "bun:test";
import fc from "fast-check";
import { sizeOf, split } from "./split.ts";
import { NOON, use } from "./suite.ts";
import { HourOfUse, type Usage } from "./usage.ts";

function usageOf(uses: readonly (readonly [number, number, number, number])[]): Usage {
  const hour = new HourOfUse(NOON);
  for (const [repository, principal, digest, tag] of uses) {
    const of = { principalId: `p${principal}`, digest: `d${digest}`, tag: `v${tag}` };
    hour.count(use(`team/r${repository}`, of), NOON + principal, 10_000);
  }
  return hour.sum();
}

/** Every sum by what it is of, whichever part it is in. */
function sums(parts: readonly Usage[]): Record<string, number> {
  const all: Record<string, number> = {};
  const add = (key: string, { pulls }: { readonly pulls: number }) => {
    all[key] = (all[key] ?? 0) + pulls;
  };
  for (const { total, repositories } of parts) {
    add("total", total);
    for (const each of repositories) {
      add(each.name, each);
      for (const one of each.principals) add(`${each.name} ${one.id}`, one);
      for (const one of [...each.manifests, ...each.tags]) add(`${each.name} ${one.name}`, one);
    }
  }
  return all;
}

test("parts add up to the whole, name each sum once, and none is larger than allowed", () => {
  const of = fc.tuple(fc.nat(3), fc.nat(9), fc.nat(20), fc.nat(20));
  fc.assert(
    fc.property(
      fc.array(of, { size: "max", maxLength: 120 }),
      fc.integer({ min: 2, max: 30 }),
      (uses, most) => {
        const usage = usageOf(uses);
        const parts = split(usage, most);
        expect(sums(parts)).toEqual(sums([usage]));
        for (const { repositories, hour } of parts) {
          expect(hour).toBe(NOON);
          const size = repositories.reduce((all, each) => all + sizeOf(each), 0);
          expect(size).toBeLessThanOrEqual(most);
        }
        const named = parts.flatMap(({ repositories }) =>
          repositories.flatMap((each) => each.manifests.map(({ name }) => `${each.name} ${name}`)),
        );
        expect(new Set(named).size).toBe(named.length);
      },
    ),
  );
});
