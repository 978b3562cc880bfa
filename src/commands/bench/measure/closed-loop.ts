import type { Histogram } from "./histogram.ts";

/** A server that fails this often is not worth waiting for. */
const MAX_FAULTS = 50;

/** Ends a loop after a time, after a number of operations or on a word, whichever comes first. */
export interface LoopEnd {
  readonly seconds?: number;
  readonly operations?: number;
  /** Asked before each operation: whether it goes on. */
  readonly goesOn?: () => boolean;
}

export interface LoopResult {
  readonly operations: number;
  readonly seconds: number;
}

export interface LoopOptions {
  readonly latency?: Histogram;
  /** Called for an operation that threw; without it the loop ends with the fault. */
  readonly onFault?: (fault: unknown) => void;
}

/**
 * Each worker does one operation after the other until the end: a closed loop, so that a slow
 * server is asked less. `step` gets the worker and the number of the operation.
 */
export async function closedLoop<Worker>(
  workers: readonly Worker[],
  end: LoopEnd,
  step: (worker: Worker, operation: number, lane: number) => Promise<void>,
  options: LoopOptions = {},
): Promise<LoopResult> {
  const limit = end.operations ?? Number.POSITIVE_INFINITY;
  const start = performance.now();
  const deadline = start + (end.seconds ?? Number.POSITIVE_INFINITY) * 1_000;
  const goesOn = end.goesOn ?? (() => true);
  let issued = 0;
  let finished = 0;
  let last = start;
  let faults = 0;
  const run = async (worker: Worker, lane: number): Promise<void> => {
    let began = performance.now();
    while (issued < limit && began < deadline && goesOn()) {
      const operation = issued;
      issued += 1;
      try {
        await step(worker, operation, lane);
      } catch (fault) {
        faults += 1;
        if (options.onFault === undefined || faults > MAX_FAULTS) throw fault;
        options.onFault(fault);
      }
      const now = performance.now();
      options.latency?.record(now - began);
      finished += 1;
      last = now;
      began = now;
    }
  };
  await Promise.all(workers.map(run));
  return { operations: finished, seconds: (last - start) / 1_000 };
}
