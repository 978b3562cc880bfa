import { collector } from "../../../client/lane.ts";
import type { RegistryCaller } from "../../../client/registry/caller.ts";
import { nextPage } from "../../../client/registry/link.ts";
import {
  deleteManifest,
  listTags,
  putManifest,
  readManifest,
} from "../../../client/registry/manifests.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { lower, type Metric, MIB } from "../measure/metric.ts";
import { logLogSlope } from "../measure/statistics.ts";
import { fillManifests } from "../payload/fill.ts";
import { paddedManifest } from "../payload/images.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { counts: [10, 120, 250], repeats: 3 },
  small: { counts: [10, 100, 1_000], repeats: 50 },
  full: { counts: [10, 100, 1_000, 10_000, 100_000], repeats: 200 },
};
const PAGE = 100;
const WHOLE_LISTS = 3;
const MANIFEST = 512;
const SLOPE_FROM = 100;
const MAX_PAGE_BYTES = 64 * MIB;

type Operation =
  | "push one more"
  | "first page of 100"
  | "last page of 100"
  | "whole list"
  | "GET by tag"
  | "delete one manifest";

/** Zero-padded, so that byte order is counting order. */
export function tagName(index: number): string {
  return `v${String(index).padStart(7, "0")}`;
}

/** Fills a repository with `count` tags, each on a manifest of its own. */
export async function fillTags(bench: Bench, repository: string, count: number): Promise<void> {
  await fillManifests(
    bench,
    Array.from({ length: count }, (_, index) => {
      const tag = tagName(index);
      return { ...paddedManifest(`${repository}:${tag}`, MANIFEST), repository, tag };
    }),
  );
}

/** Reads one page and the target of the next. */
export async function readTagPage(
  caller: RegistryCaller,
  repository: string,
  query: string,
): Promise<{ status: number; tags: readonly string[]; next: string | undefined }> {
  const body = collector(MAX_PAGE_BYTES);
  const answer = await listTags(caller, repository, query, body.sink);
  const page: unknown = answer.status === 200 ? JSON.parse(body.bytes().toString("utf8")) : {};
  const tags = typeof page === "object" && page !== null && "tags" in page ? page.tags : [];
  return {
    status: answer.status,
    tags: Array.isArray(tags) ? tags.map(String) : [],
    next: nextPage(answer.header("link")),
  };
}

/** W11: what the number of tags in one repository costs. */
export class ManyTags implements Workload {
  readonly id = "W11";
  readonly title = "tags in one repository";

  async prepare(bench: Bench): Promise<void> {
    for (const count of bench.scaled(SIZES).counts) {
      await fillTags(bench, this.#repository(bench, count), count);
    }
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const { counts, repeats } = bench.scaled(SIZES);
    const metrics: Metric[] = [];
    const points = new Map<Operation, { x: number; y: number }[]>();
    for (const count of counts) {
      const repository = this.#repository(bench, count);
      if (round === 0) await verifyPages(bench, repository, count);
      const timed = await measureAll(bench, repository, count, round, repeats);
      for (const [operation, latency] of timed) {
        metrics.push(lower(`${count} tags`, `${operation}, p99`, "ms", latency.quantile(0.99)));
        const list = points.get(operation) ?? [];
        list.push({ x: count, y: latency.quantile(0.5) });
        points.set(operation, list);
      }
    }
    for (const [operation, list] of points) {
      const slope = logLogSlope(list.filter(({ x }) => x >= SLOPE_FROM));
      metrics.push(lower("growth", `${operation}, slope`, "log-log", slope));
    }
    return metrics;
  }

  #repository(bench: Bench, count: number): string {
    return bench.repository(`w11-${count}`);
  }
}

async function measureAll(
  bench: Bench,
  repository: string,
  count: number,
  round: number,
  repeats: number,
): Promise<Map<Operation, Histogram>> {
  const caller = bench.caller();
  const timed = new Map<Operation, Histogram>();
  const time = async (operation: Operation, times: number, step: (n: number) => Promise<void>) => {
    const latency = new Histogram();
    await bench.loop(1, { operations: times }, (_, n) => step(n), latency);
    timed.set(operation, latency);
  };
  const page = async (query: string) => {
    const answer = await listTags(caller, repository, query);
    bench.ledger.expect("GET tags", answer.status, 200);
  };
  const random = bench.random(`w11 ${count} ${round}`);
  // What is pushed here sorts before `v…` and is deleted again, so each round finds the same tags.
  const extra = Array.from({ length: repeats }, (_, n) =>
    paddedManifest(`${repository} extra ${round} ${n}`, MANIFEST),
  );
  await time("push one more", repeats, async (n) => {
    const manifest = extra[n];
    if (manifest !== undefined) {
      await putManifest(caller, repository, `extra-${round}-${n}`, manifest.bytes);
    }
  });
  await time("delete one manifest", repeats, async (n) => {
    const answer = await deleteManifest(caller, repository, extra[n]?.digest ?? "");
    bench.ledger.expect("DELETE manifest", answer.status, 202);
  });
  await time("first page of 100", repeats, () => page(`n=${PAGE}`));
  const before = tagName(Math.max(0, count - PAGE - 1));
  await time("last page of 100", repeats, () => page(`n=${PAGE}&last=${before}`));
  await time("whole list", WHOLE_LISTS, () => wholeList(caller, repository));
  await time("GET by tag", repeats, async () => {
    const answer = await readManifest(caller, "GET", repository, tagName(random.below(count)));
    bench.ledger.expect("GET manifest", answer.status, 200);
  });
  return timed;
}

async function wholeList(caller: RegistryCaller, repository: string): Promise<void> {
  let query: string | undefined = "";
  while (query !== undefined) {
    const { next } = await readTagPage(caller, repository, query);
    query = next?.split("?")[1];
  }
}

/**
 * Outside of the clock: a page holds tags that were pushed, none of them twice. A server that knows
 * no paging, or no order, is slow or odd, but not wrong.
 */
async function verifyPages(bench: Bench, repository: string, count: number): Promise<void> {
  const { status, tags } = await readTagPage(bench.caller(), repository, `n=${PAGE}`);
  bench.ledger.expect("GET tags", status, 200);
  const pushed = new Set(Array.from({ length: count }, (_, index) => tagName(index)));
  const found = new Set(tags.filter((tag) => pushed.has(tag)));
  if (found.size !== tags.length || found.size < Math.min(PAGE, count)) {
    bench.ledger.blame("GET tags: not the tags that were pushed");
  }
}
