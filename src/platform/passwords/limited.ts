import { availableParallelism } from "node:os";
import { failure } from "../../kernel/errors/catalogue.ts";

/**
 * Hashing runs on the threads that also write and sync files: with 32 checks in flight a write
 * and fsync took 1.5 s instead of 3 ms. So at most cores − 1 run at a time, of all kinds together,
 * and few may wait.
 */
const AT_ONCE = Math.max(1, availableParallelism() - 1);
const MOST_WAITING = 64;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs `work` when it is its turn. Throws `access.too_many_attempts` under a flood. */
export async function limited<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw failure("access.too_many_attempts");
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
