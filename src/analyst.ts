import type { Task } from "./features/insight/analyst/task.ts";
import { work } from "./features/insight/analyst/work.ts";
import { lockDown } from "./platform/isolation/lockdown.ts";
import { input, output } from "./platform/isolation/pipes.ts";

/**
 * The program of the isolated process, which analyses content that nobody vouches for. Gives its
 * exit code. `given` is a `Task`: our own program wrote it.
 */
export async function runAnalyst([given = ""]: readonly string[]): Promise<number> {
  const task = JSON.parse(given) as Task;
  lockDown(task.limits.seconds);
  return (await work(task, { input: input(), output })) ? 0 : 1;
}
