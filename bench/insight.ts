/**
 * What looking into images costs: the page of an image of many layers, listing its files, a file
 * deep in it, a search through very many names; and what that does to the server's memory:
 * `bun bench/insight.ts --help`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Command, InvalidArgumentError } from "commander";
import { OCI_MANIFEST } from "../src/oci/media-types.ts";
import { HttpClient } from "../tests/support/http-client.ts";
import {
  descriptor,
  document,
  type Piece,
  piece,
  pushBlob,
  putManifest,
} from "../tests/support/images.ts";
import { archive, type Entry } from "../tests/support/tar.ts";
import { entrepot } from "./subjects/entrepot.ts";
import type { RunningSubject } from "./subjects/subject.ts";

interface Flags {
  readonly entrepot?: string;
  readonly layers: number;
  readonly files: number;
  readonly size: number;
  readonly names: number;
  readonly folder: string;
}

const MIB = 1024 * 1024;
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
const AT = "/api/v1/projects/bench/repositories/image";
const PAGES = 30;

function noise(bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(body.subarray(at, at + 65_536));
  return body;
}

function layerOf(entries: readonly Entry[]): Piece {
  return piece(new Uint8Array(gzipSync(archive(entries), { level: 1 })));
}

/** A layer of files of its own, some of which lie over those of the layers below. */
function filesOf(layer: number, { files, size }: Flags): Piece {
  const entries: Entry[] = Array.from({ length: files }, (_, at) => ({
    name: `usr/lib/part-${layer}/folder-${at % 50}/file-${at}.bin`,
    body: noise(size),
  }));
  entries.push({ name: `etc/only-in/${layer}.conf`, body: `# of layer ${layer}\n` });
  entries.push({ name: "etc/over-and-over.conf", body: `# of layer ${layer}\n` });
  return layerOf(entries);
}

async function push(to: HttpClient, tag: string, layers: AsyncIterable<Piece>): Promise<number> {
  const described = [];
  let bytes = 0;
  for await (const layer of layers) {
    await pushBlob(to, "bench/image", layer);
    described.push(descriptor(layer, LAYER));
    bytes += layer.bytes.byteLength;
  }
  const history = described.flatMap((_, at) => [
    { created_by: `RUN step ${at}` },
    { created_by: `ENV STEP=${at}`, empty_layer: true },
  ]);
  const config = piece(JSON.stringify({ os: "linux", architecture: "amd64", config: {}, history }));
  await pushBlob(to, "bench/image", config);
  const made = document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(config, CONFIG),
    layers: described,
  });
  (await putManifest(to, "bench/image", tag, made)).expect(201);
  return bytes;
}

async function* made(flags: Flags): AsyncGenerator<Piece> {
  for (let layer = 0; layer < flags.layers; layer++) yield filesOf(layer, flags);
}

async function* wide({ names }: Flags): AsyncGenerator<Piece> {
  yield layerOf(
    Array.from({ length: names }, (_, at) => ({ name: `opt/data/set-${at % 1_000}/item-${at}` })),
  );
}

/** Resident memory of the server itself, in MiB: now, and its peak since it was last forgotten. */
function memory({ pid }: RunningSubject): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}

function forgetPeak({ pid }: RunningSubject): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

class Report {
  readonly #server: RunningSubject;
  readonly #lines: string[] = [];

  constructor(server: RunningSubject) {
    this.#server = server;
  }

  async measure<T>(what: string, work: () => Promise<T>, times = 1): Promise<T> {
    forgetPeak(this.#server);
    const before = memory(this.#server).now;
    const took: number[] = [];
    let result: T | undefined;
    for (let turn = 0; turn < times; turn++) {
      const began = performance.now();
      result = await work();
      took.push(performance.now() - began);
    }
    took.sort((a, b) => a - b);
    const grown = Math.max(0, memory(this.#server).peak - before);
    const median = took[took.length >> 1] ?? 0;
    this.#lines.push(
      `| ${what} | ${median.toFixed(1)} | ${(took.at(-1) ?? 0).toFixed(1)} | ${grown.toFixed(0)} |`,
    );
    console.log(this.#lines.at(-1));
    return result as T;
  }

  print(): void {
    console.log("\n| what | median ms | longest ms | memory grown, MiB |\n|---|---|---|---|");
    for (const line of this.#lines) console.log(line);
  }
}

async function get(to: HttpClient, path: string) {
  const answer = await to.get(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer;
}

async function settled(to: HttpClient, path: string) {
  for (;;) {
    const page = (await get(to, path)).json as { state: string; items: { path: string }[] };
    if (page.state === "failed") throw new Error(`${path}: ${JSON.stringify(page)}`);
    if (page.state === "ready") return page;
    await Bun.sleep(20);
  }
}

async function described(to: HttpClient, tag: string): Promise<void> {
  for (;;) {
    const { insight } = (await get(to, `${AT}/artifacts/${tag}`)).json as {
      insight: { state: string };
    };
    if (insight.state === "ready") return;
    await Bun.sleep(5);
  }
}

async function run(flags: Flags): Promise<void> {
  const folder = mkdtempSync(join(flags.folder, "entrepot-insight-"));
  const server = await entrepot(flags.entrepot).start(folder);
  try {
    const to = new HttpClient(server.url);
    const report = new Report(server);
    const bytes = await push(to, "deep", made(flags));
    console.log(`${flags.layers} layers, ${Math.round(bytes / MIB)} MiB`);
    await described(to, "deep");
    const page = `${AT}/artifacts/deep`;
    await report.measure("page of the artifact", () => get(to, page), PAGES);
    await report.measure("listing all its layers, once", () => settled(to, `${page}/files`));
    await report.measure("its root folder", () => get(to, `${page}/files`), PAGES);
    const etc = `${page}/files?path=/etc/only-in`;
    await report.measure("a folder with an entry of each layer", () => get(to, etc), PAGES);
    const deep = `etc/only-in/${Math.max(0, flags.layers - 31)}.conf`;
    const text = await report.measure(
      "a file, 30 layers deep",
      () => get(to, `${page}/file?path=${encodeURIComponent(deep)}`),
      5,
    );
    if (!text.text.startsWith("# of layer")) throw new Error("that is another file");
    const bin = `usr/lib/part-${Math.max(0, flags.layers - 31)}/folder-0/file-0.bin`;
    await report.measure(
      "a download, 30 layers deep",
      () => get(to, `${page}/file?download=true&path=${encodeURIComponent(bin)}`),
      5,
    );
    await report.measure(
      "finding files by a part of their path",
      () => get(to, `${page}/files?search=only-in/7`),
      5,
    );
    await push(to, "wide", wide(flags));
    const names = `${AT}/artifacts/wide/files`;
    await report.measure(`listing a layer of ${flags.names} names, once`, () => settled(to, names));
    await report.measure("a folder in it", () => get(to, `${names}?path=/opt/data/set-500`), PAGES);
    await report.measure(
      "a page of a search that finds nothing there",
      () => get(to, `${names}?search=nowhere-at-all`),
      5,
    );
    report.print();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("a whole number");
  return value;
}

await new Command("insight")
  .description("What looking into images costs.")
  .option("--entrepot <path>", "the executable to measure; the sources when left out")
  .option("--layers <count>", "layers of the deep image", whole, 40)
  .option("--files <count>", "files of each layer", whole, 2_500)
  .option("--size <bytes>", "bytes of each file", whole, 10_400)
  .option(
    "--names <count>",
    "names of the wide layer: fewer than the limit of entries",
    whole,
    900_000,
  )
  .option("--folder <path>", "where the data goes", tmpdir())
  .action(run)
  .parseAsync(process.argv);
