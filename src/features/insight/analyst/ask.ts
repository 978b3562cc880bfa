import type { BlobBody } from "../../../platform/blobs/port.ts";
import type { IsolatedEnd, IsolatedRun, Isolation } from "../../../platform/isolation/port.ts";
import type { InsightSettings } from "../settings.ts";
import { type Chunk, framesOf, unpackChunk } from "./frames.ts";
import {
  type ChartTexts,
  chartTextsOf,
  type LayerSummary,
  summaryOf,
  type Task,
  type TaskLimits,
} from "./task.ts";
import { isTrouble, type Trouble, TroubleError } from "./trouble.ts";

/** Bytes that an index may have, compressed, and the texts of a chart. */
const MOST_INDEX = 512 * 1024 * 1024;
const MOST_TEXTS = 8 * 1024 * 1024;

/** A chart is small. */
const CHART_UNPACKED = 64 * 1024 * 1024;

/** What a file that is read may be behind, besides what it holds. */
const SPARE = 1024 * 1024;

/** The isolated process as the rest of the feature asks it. */
export interface Analyst {
  /** Throws a `TroubleError` for content that cannot be analysed; `chunk` is waited for. */
  index(
    layer: BlobBody,
    chunk: (chunk: Chunk) => Promise<void>,
    signal: AbortSignal,
  ): Promise<LayerSummary>;
  chart(content: BlobBody): Promise<ChartTexts>;
  /** The bytes of a file; the one who reads calls `kill` when they leave. */
  extract(layer: BlobBody, offset: number, size: number): IsolatedRun;
}

function troubleOf({ overrun, code }: IsolatedEnd, said: Trouble | undefined): Trouble | undefined {
  if (overrun !== undefined) return `limit.${overrun}`;
  // A processor limit ends it by a signal, as a fault does.
  return said ?? (code === 0 ? undefined : "crashed");
}

interface Said {
  readonly end: unknown;
  readonly trouble: Trouble | undefined;
}

/** Hears a run to its end. */
async function hear(run: IsolatedRun, chunk: (chunk: Chunk) => Promise<void>): Promise<Said> {
  const decoder = new TextDecoder();
  let end: unknown;
  let trouble: Trouble | undefined;
  for await (const { kind, bytes } of framesOf(run.output)) {
    if (kind === "chunk") await chunk(unpackChunk(bytes));
    else if (kind === "end") end = JSON.parse(decoder.decode(bytes));
    else {
      const text = decoder.decode(bytes);
      trouble = isTrouble(text) ? text : "crashed";
    }
  }
  return { end, trouble };
}

export function openAnalyst(isolation: Isolation, { limits }: InsightSettings): Analyst {
  const { time, memory, entries, ratio, unpacked } = limits;
  const taskLimits: TaskLimits = { entries, unpacked, ratio, seconds: Math.ceil(time / 1_000) + 1 };

  function start(task: Task, input: BlobBody, output: number, signal?: AbortSignal): IsolatedRun {
    const args = [JSON.stringify(task)];
    return isolation.run({ args, input, limits: { memory, deadline: time, output }, signal });
  }

  async function ask<T>(
    run: IsolatedRun,
    chunk: (chunk: Chunk) => Promise<void>,
    read: (said: unknown) => T | undefined,
  ): Promise<T> {
    let said: Said = { end: undefined, trouble: undefined };
    let fault: unknown;
    try {
      said = await hear(run, chunk);
    } catch (error) {
      fault = error;
    } finally {
      run.kill();
    }
    const end = await run.ended;
    // What is no frame or no JSON comes of a process that was ended, or is not to be believed.
    const isNonsense = fault instanceof RangeError || fault instanceof SyntaxError;
    if (fault !== undefined && !isNonsense) throw fault;
    const result = said.end === undefined ? undefined : read(said.end);
    const trouble = isNonsense ? troubleOf(end, "crashed") : troubleOf(end, said.trouble);
    if (result === undefined || (trouble !== undefined && trouble !== "crashed")) {
      throw new TroubleError(trouble ?? "crashed");
    }
    return result;
  }

  return {
    index(layer, chunk, signal) {
      const task: Task = { do: "index", limits: taskLimits };
      return ask(start(task, layer, MOST_INDEX, signal), chunk, summaryOf);
    },
    chart(content) {
      const task: Task = { do: "chart", limits: { ...taskLimits, unpacked: CHART_UNPACKED } };
      return ask(start(task, content, MOST_TEXTS), async () => {}, chartTextsOf);
    },
    extract(layer, offset, size) {
      const task: Task = { do: "extract", limits: taskLimits, offset, size };
      return start(task, layer, size + SPARE);
    },
  };
}
