/**
 * What pushes and pulls feel of a registry that gives space back: their P99 while many blobs are
 * reclaimed, against the same registry with reclaiming paused. `bun bench/reclaim.ts --help`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { HttpClient } from "../tests/support/http-client.ts";
import { EMPTY_CONFIG, image, piece, pushBlob, putManifest } from "../tests/support/images.ts";
import { entrepot } from "./subjects/entrepot.ts";

interface Flags {
  readonly blobs: string;
  readonly seconds: string;
  readonly pairs: string;
  readonly pace?: string;
  readonly database?: string;
}

const ADMIN = { name: "admin", password: "correct horse battery" };
/** Requests under way at once while the registry is filled. */
const FILLERS = 16;
const PUSHERS = 4;
const PULLERS = 8;
/** Images that are there to be pulled. */
const SHELF = 50;

interface Figures {
  readonly push: number[];
  readonly pull: number[];
}

function quantile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

async function lanes(count: number, act: (lane: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, lane) => act(lane)));
}

/** Blobs that no manifest names: each is removed from its repository, and then from the storage. */
async function fill(to: HttpClient, blobs: number): Promise<void> {
  let next = 0;
  await lanes(FILLERS, async (lane) => {
    while (next < blobs) {
      next += 1;
      await pushBlob(to, `bench/heap-${lane}`, piece(`nobody names number ${next}`));
    }
  });
}

let pushed = 0;

async function push(to: HttpClient, times: number[]): Promise<void> {
  pushed += 1;
  const layer = piece(`layer ${pushed} ${"of some length ".repeat(200)}`);
  const began = performance.now();
  await pushBlob(to, "bench/app", layer);
  (await putManifest(to, "bench/app", `t${pushed}`, image([layer]))).expect(201);
  times.push(performance.now() - began);
}

async function pull(to: HttpClient, times: number[], at: number): Promise<void> {
  const began = performance.now();
  const answer = (await to.get(`/v2/bench/shelf/manifests/t${at % SHELF}`)).expect(200);
  const [layer] = JSON.parse(answer.text).layers;
  (await to.get(`/v2/bench/shelf/blobs/${layer.digest}`)).expect(200);
  times.push(performance.now() - began);
}

/** Pushes and pulls for so long; any refusal ends the program. */
async function traffic(to: HttpClient, seconds: number): Promise<Figures> {
  const figures: Figures = { push: [], pull: [] };
  const end = performance.now() + seconds * 1_000;
  await Promise.all([
    lanes(PUSHERS, async () => {
      while (performance.now() < end) await push(to, figures.push);
    }),
    lanes(PULLERS, async (lane) => {
      for (let at = lane; performance.now() < end; at += PULLERS) await pull(to, figures.pull, at);
    }),
  ]);
  return figures;
}

function line(name: string, { push: pushes, pull: pulls }: Figures, reclaimed: number): void {
  const of = (times: readonly number[]) =>
    [times.length, ...[0.5, 0.99].map((part) => quantile(times, part).toFixed(1))].join(" | ");
  console.log(`| ${name} | ${of(pushes)} | ${of(pulls)} | ${reclaimed} |`);
}

async function run({ blobs, seconds, pairs, pace, database }: Flags): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "entrepot-reclaim-"));
  const environment = {
    ENTREPOT_RECLAIM_GRACE: "1s",
    ...(pace === undefined ? {} : { ENTREPOT_RECLAIM_PACE: pace }),
    ...(database === undefined ? {} : { ENTREPOT_DATABASE: database }),
  };
  const subject = entrepot(undefined, { password: ADMIN.password, environment });
  const server = await subject.start(folder);
  try {
    const first = new HttpClient(server.url, ADMIN);
    const made = await first.post("/api/v1/me/tokens", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "bench" }),
    });
    const { secret } = JSON.parse(made.expect(201).text);
    const to = new HttpClient(server.url, { name: ADMIN.name, password: secret });
    const reclaim = async (verb: "pause" | "resume") => {
      const answer = await to.post(`/api/v1/reclaim/${verb}`);
      const { today } = JSON.parse(answer.expect(200).text);
      return today.links + today.blobs;
    };
    await reclaim("pause");
    await pushBlob(to, "bench/shelf", EMPTY_CONFIG);
    for (let at = 0; at < SHELF; at++) {
      const layer = piece(`on the shelf ${at}`);
      await pushBlob(to, "bench/shelf", layer);
      (await putManifest(to, "bench/shelf", `t${at}`, image([layer]))).expect(201);
    }
    await pushBlob(to, "bench/app", EMPTY_CONFIG);
    (await putManifest(to, "bench/app", "first", image([]))).expect(201);
    await fill(to, Number(blobs));
    await traffic(to, 2);
    console.log("| | pushes | P50 ms | P99 ms | pulls | P50 ms | P99 ms | rows reclaimed |");
    console.log("|---|---:|---:|---:|---:|---:|---:|---:|");
    const idle: Figures = { push: [], pull: [] };
    const busy: Figures = { push: [], pull: [] };
    // In turns, so that what else the machine does falls on both.
    for (let pair = 0; pair < Number(pairs); pair++) {
      const before = await reclaim("pause");
      const quiet = await traffic(to, Number(seconds));
      line("paused", quiet, 0);
      await reclaim("resume");
      const loud = await traffic(to, Number(seconds));
      line("reclaiming", loud, (await reclaim("pause")) - before);
      idle.push.push(...quiet.push);
      idle.pull.push(...quiet.pull);
      busy.push.push(...loud.push);
      busy.pull.push(...loud.pull);
    }
    for (const what of ["push", "pull"] as const) {
      const times = quantile(busy[what], 0.99) / quantile(idle[what], 0.99);
      console.log(`P99 of a ${what} while reclaiming: ${times.toFixed(2)} × paused`);
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await new Command("reclaim")
  .description("P99 of pushes and pulls while space is given back.")
  .option("--blobs <count>", "blobs that nothing names", "100000")
  .option("--seconds <count>", "of each of the alternating parts", "30")
  .option("--pairs <count>", "how often paused and reclaiming take turns", "5")
  .option("--pace <rows>", "`reclaim.pace`; its default when left out")
  .option("--database <url>", "on PostgreSQL; on SQLite when left out")
  .action(run)
  .parseAsync();
