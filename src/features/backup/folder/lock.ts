import { mkdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import { lockFolder } from "../../../platform/lockfile/lock.ts";

/** Between two looks whether another is done with the folder. */
const LOOK = 250;

/** Has the folder of the backups for itself while `work` runs; waits for whoever has it. */
export async function alone<R>(
  folder: string,
  signal: AbortSignal,
  work: () => Promise<R>,
): Promise<R> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    signal.throwIfAborted();
    try {
      const lock = lockFolder(folder);
      try {
        return await work();
      } finally {
        lock.release();
      }
    } catch (error) {
      const isTaken = error instanceof Failure && error.code === "service.folder_locked";
      if (!isTaken || error.details.path !== folder) throw error;
    }
    await pause(LOOK, undefined, { signal });
  }
}
