import type { Clock } from "../../kernel/clock.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Listener } from "../../platform/jobs/outbox/listeners.ts";
import { closeHealed } from "./store/findings.ts";

/**
 * After a push put whole bytes in the place of damaged ones: ends the finding, and removes the
 * damaged copy, which no row names any more and, since locations are never used twice, never will.
 */
export function healListener({
  db,
  blobs,
  clock,
}: {
  readonly db: Database;
  readonly blobs: Pick<BlobStore, "remove">;
  readonly clock: Clock;
}): Listener<"content.healed"> {
  return {
    name: "integrity.heal",
    kinds: ["content.healed"],
    async handle({ payload: { digest, repositoryId, replaced } }, { log }) {
      const object = repositoryId === null ? "blob" : "manifest";
      const which = { object, digest, repositoryId: repositoryId ?? "" } as const;
      await db.write(closeHealed, { ...which, now: clock.now() });
      if (replaced !== null) await blobs.remove(replaced);
      log("info", `a push healed the ${object} ${digest}`);
    },
  };
}
