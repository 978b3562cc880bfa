import { afterEach, expect, test } from "bun:test";
import type { Database } from "../../platform/database/port.ts";
import { Lane } from "./lane.ts";
import { OnceAMinute } from "./once-a-minute.ts";
import { endWorlds, openWorld, stateOf } from "./suite.ts";
import { faultOf, tagMove, user } from "./suite-parts.ts";

afterEach(endWorlds);

test("what comes at once shares transactions, and the next one is not forgotten", async () => {
  const { db, keys } = await openWorld();
  let writes = 0;
  const counting: Database = {
    ...db,
    write: (procedure, args) => {
      writes += 1;
      return db.write(procedure, args);
    },
  };
  const lane = new Lane(counting, keys.headKey);
  const item = (name: string) => ({ doer: user("a"), at: 1, entry: tagMove(name) });
  await Promise.all(Array.from({ length: 100 }, (_, n) => lane.append([item(`v${n}`)])));
  expect(writes).toBeLessThan(4);
  for (let n = 0; n < 5; n++) await lane.append([item(`w${n}`)]);
  const names = (await stateOf(db)).rows.map((row) => row.object_name);
  expect(names).toHaveLength(105);
});

test("a mistake in one is no fault of its neighbours", async () => {
  const { db, keys } = await openWorld();
  const lane = new Lane(db, keys.headKey);
  const item = (at: number) => ({ doer: user("a"), at, entry: tagMove(`v${at}`) });
  // Beyond what the database keeps safely.
  const faults = [1, 2 ** 60, 3].map((at) => faultOf(lane.append([item(at)])));
  const [first, second, third] = await Promise.all(faults);
  expect([first, third]).toEqual([undefined, undefined]);
  expect(second).toBeInstanceOf(Error);
  expect((await stateOf(db)).rows.map((row) => row.object_name)).toEqual(["v1", "v3"]);
});

test("a step that failed is tried again by the next caller of the minute", async () => {
  const once = new OnceAMinute();
  let runs = 0;
  const step = async () => {
    runs += 1;
    if (runs === 1) throw new RangeError("the first fails");
  };
  const both = [once.run("a", 0, step), once.run("a", 1, step)].map(faultOf);
  expect(await Promise.all(both)).toEqual([expect.any(RangeError), expect.any(RangeError)]);
  await once.run("a", 2, step);
  await once.run("a", 3, step);
  expect(runs).toBe(2);
});
