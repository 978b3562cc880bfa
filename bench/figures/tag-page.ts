import { listTags } from "../../src/client/registry/manifests.ts";
import type { Bench } from "../../src/commands/bench/bench.ts";
import { lower, type Metric } from "../../src/commands/bench/measure/metric.ts";
import { median } from "../../src/commands/bench/measure/statistics.ts";
import {
  fillTags,
  readTagPage,
  tagName,
} from "../../src/commands/bench/workloads/w11-many-tags.ts";
import type { Figure } from "./figure.ts";

const PAGE = 100;
const FEW = 100;
const MANY = { tiny: 400, small: 5_000, full: 100_000 };
const BATCHES = 40;
const BATCH = 50;

/** Milliseconds of one page, as the median over batches that take turns with the other list. */
async function timePages(bench: Bench, pages: readonly (readonly [string, string])[]) {
  const batches = pages.map(() => [] as number[]);
  for (let batch = 0; batch < BATCHES; batch += 1) {
    for (const [index, [repository, query]] of pages.entries()) {
      const start = performance.now();
      await bench.loop(1, { operations: BATCH }, async (caller) => {
        const answer = await listTags(caller, repository, query);
        bench.ledger.expect("GET tags", answer.status, 200);
      });
      batches[index]?.push((performance.now() - start) / BATCH);
    }
  }
  return batches.map(median);
}

async function verifyPage(bench: Bench, repository: string, query: string, first: number) {
  const { tags } = await readTagPage(bench.caller(), repository, query);
  const expected = Array.from({ length: PAGE }, (_, index) => tagName(first + index));
  if (tags.join() !== expected.join()) bench.ledger.blame(`GET tags?${query}: not those pushed`);
}

/** What a page of 100 tags costs in a large repository, as a multiple of that in a small one. */
export const tagPage: Figure = {
  id: "tag-page",
  title: "a page of 100 tags",
  oursOnly: true,
  maxRounds: 1,
  async measure(bench) {
    const many = bench.scaled(MANY);
    const small = bench.repository("few-tags");
    const large = bench.repository("many-tags");
    await fillTags(bench, small, FEW);
    await fillTags(bench, large, many);
    const half = many / 2;
    const first = `n=${PAGE}`;
    const middle = `n=${PAGE}&last=${tagName(half - 1)}`;
    await verifyPage(bench, small, first, 0);
    await verifyPage(bench, large, first, 0);
    await verifyPage(bench, large, middle, half);
    const [few = 0, start = 0, inside = 0] = await timePages(bench, [
      [small, first],
      [large, first],
      [large, middle],
    ]);
    const count = many.toLocaleString("en-US");
    const metrics: Metric[] = [
      lower(`of ${FEW}`, "time", "ms", few),
      lower(`of ${count}, first page`, "time", "ms", start),
      lower(`of ${count}, page in the middle`, "time", "ms", inside),
      lower(`of ${count}, first page`, `multiple of ${FEW}`, "×", start / few),
      lower(`of ${count}, page in the middle`, `multiple of ${FEW}`, "×", inside / few),
    ];
    return metrics;
  },
};
