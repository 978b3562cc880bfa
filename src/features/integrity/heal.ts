import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Listener } from "../../platform/jobs/outbox/listeners.ts";
import { closeHealed } from "./store/findings.ts";

interface HealParts {
  readonly db: Database;
  readonly clock: Clock;
}

/** Ends the finding after a push put whole bytes in the place of damaged ones. */
export function healListener({ db, clock }: HealParts): Listener<"content.healed"> {
  return {
    name: "integrity.heal",
    kinds: ["content.healed"],
    async handle({ payload: { digest, repositoryId } }, { log }) {
      const object = repositoryId === null ? "blob" : "manifest";
      const which = { object, digest, repositoryId: repositoryId ?? "" } as const;
      await db.write(closeHealed, { ...which, now: clock.now() });
      log("info", `a push healed the ${object} ${digest}`);
    },
  };
}
