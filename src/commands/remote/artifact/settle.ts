import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Query } from "../../../client/rest.ts";
import { RestFault, RestProblem } from "../../../client/rest-fault.ts";
import { Complaint, EXIT } from "../complaint.ts";
import { printable } from "../printable.ts";
import { type Remote, read } from "../remote.ts";

/** Milliseconds between two questions, the first and the longest; and until nobody asks any more. */
const FIRST = 100;
const LONGEST = 2_000;
const PATIENCE = 15 * 60_000;
const PAGE = 200;

const page = z.object({
  items: z.array(z.unknown()),
  next: z.string().nullable(),
  state: z.enum(["ready", "pending", "failed"]),
  failure: z.string().nullable(),
});

/** Asks until the answer is a settled one; tells once that it takes a while. */
async function settled<T>(remote: Remote, ask: () => Promise<T | undefined>): Promise<T> {
  let pause = FIRST;
  let left = PATIENCE;
  while (left > 0) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (left === PATIENCE) {
      await remote.note({
        en: "the server is listing the layers' files …",
        zh: "服务正在列出各层文件……",
      });
    }
    await sleep(pause);
    left -= pause;
    pause = Math.min(pause * 2, LONGEST);
  }
  throw new RestFault("unreachable", "the layers are still not listed");
}

/** Every entry of a list that the server makes when it is first asked for. Throws `Complaint`. */
export async function* settledList(
  remote: Remote,
  target: string,
  query: Query,
): AsyncGenerator<unknown> {
  let cursor: string | undefined;
  do {
    const asked = { limit: PAGE, ...query, cursor };
    const { items, next, state, failure } = await settled(remote, async () => {
      const found = read(page, await remote.rest.call("GET", target, { query: asked }));
      return found.state === "pending" ? undefined : found;
    });
    if (state === "failed") {
      const why = printable(failure ?? "?");
      throw new Complaint(EXIT.failed, {
        en: `the layers cannot be listed: ${why}`,
        zh: `无法列出各层文件：${why}`,
      });
    }
    yield* items;
    if (next === cursor) return;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

/** Waits while the server says that something is not there yet. */
export function settledAnswer<T>(remote: Remote, ask: () => Promise<T>): Promise<T> {
  return settled(remote, async () => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof RestProblem && error.code === "insight.pending") return undefined;
      throw error;
    }
  });
}
