import { gzipSync } from "node:zlib";
import { RowPacker } from "../files/rules-row.ts";
import { ChartVisitor } from "./chart.ts";
import { type Chunk, frame, packChunk } from "./frames.ts";
import { LayerRows } from "./rows.ts";
import { TarScanner, type TarVisitor } from "./tar/scanner.ts";
import type { ChartTexts, LayerSummary, Task, TaskLimits } from "./task.ts";
import { TroubleError } from "./trouble.ts";
import { unpack } from "./unpack.ts";

export interface Pipes {
  readonly input: Iterator<Uint8Array>;
  output(bytes: Uint8Array): void;
}

/** A chunk ends when it has so many rows, or so many letters. */
const ROWS = 512;
const LETTERS = 65_536;

async function scan(input: Iterator<Uint8Array>, limits: TaskLimits, visitor: TarVisitor) {
  const scanner = new TarScanner(visitor);
  let unpacked = 0;
  const { output, isSure } = unpack(input, limits);
  for await (const piece of output) {
    unpacked += piece.byteLength;
    scanner.write(piece);
    if (scanner.isEnded) break;
  }
  scanner.end();
  if (!isSure && !scanner.isEnded) throw new TroubleError("damaged");
  return unpacked;
}

function* chunksOf(rows: LayerRows): Generator<Chunk> {
  const packer = new RowPacker();
  let first = "";
  const done = () => ({ first, rows: gzipSync(packer.take(), { level: 6 }) });
  for (const row of rows.sorted()) {
    if (packer.count === 0) first = row.key;
    packer.add(row);
    if (packer.count >= ROWS || packer.letters >= LETTERS) yield done();
  }
  if (packer.count > 0) yield done();
}

async function index({ input, output }: Pipes, limits: TaskLimits): Promise<LayerSummary> {
  const rows = new LayerRows(limits);
  const unpacked = await scan(input, limits, rows);
  for (const chunk of chunksOf(rows)) output(frame("chunk", packChunk(chunk)));
  const { count: entries, files, bytesOfFiles, outside } = rows;
  return { entries, files, bytesOfFiles, unpacked, outside };
}

async function chart({ input }: Pipes, limits: TaskLimits): Promise<ChartTexts> {
  const visitor = new ChartVisitor();
  await scan(input, limits, visitor);
  return { values: visitor.values, readme: visitor.readme };
}

/** The bytes of one file, which begin at `offset` of the unpacked layer: nothing else is written. */
async function extract(
  { input, output }: Pipes,
  { limits, offset, size }: Extract<Task, { do: "extract" }>,
): Promise<void> {
  const end = offset + size;
  let at = 0;
  for await (const piece of unpack(input, limits).output) {
    const from = Math.max(0, offset - at);
    const to = Math.min(piece.byteLength, end - at);
    if (from < to) output(piece.subarray(from, to));
    at += piece.byteLength;
    if (at >= end) return;
  }
  throw new TroubleError("damaged");
}

/** Does a task; gives whether it was done. What went wrong is the last thing said of it. */
export async function work(task: Task, pipes: Pipes): Promise<boolean> {
  try {
    if (task.do === "extract") {
      await extract(pipes, task);
      return true;
    }
    const { limits } = task;
    const said = await (task.do === "index" ? index(pipes, limits) : chart(pipes, limits));
    pipes.output(frame("end", new TextEncoder().encode(JSON.stringify(said))));
    return true;
  } catch (error) {
    const trouble = error instanceof TroubleError ? error.trouble : "crashed";
    if (task.do !== "extract") pipes.output(frame("trouble", new TextEncoder().encode(trouble)));
    return false;
  }
}
