import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openReclaimBench, type ReclaimBench } from "./bench.ts";
import { Player } from "./player.ts";
import { steps } from "./steps.ts";

let bench: ReclaimBench;
beforeAll(async () => {
  bench = await openReclaimBench();
});
afterAll(() => bench.close());

const RUNS = Number(process.env.ENTREPOT_TEST_HISTORIES ?? 60);

test("whatever comes between: what is held stays, what is not goes, and so do its bytes", async () => {
  let history = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const player = new Player(bench, `p${history++}`);
      for (const each of all) {
        await player.play(each);
        expect(player.wrong).toEqual([]);
      }
      await player.end();
      expect(player.wrong).toEqual([]);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 600_000);
