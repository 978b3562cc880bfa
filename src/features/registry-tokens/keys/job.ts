import type { JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import type { SigningKeys } from "./service.ts";

const KIND = "registry-tokens.tend-keys";

/** Replaces the signing key when it is due and drops those that nothing was signed with for long. */
export function tendKeysJob(keys: SigningKeys): JobHandler {
  return {
    kind: KIND,
    async run(_, { log }) {
      const { added, removed } = await keys.tend();
      if (added) log("info", "made a new signing key");
      if (removed > 0) log("info", `removed ${removed} signing keys that were retired`);
    },
  };
}

/** When keys are tended by themselves. */
export const registryTokenSchedules: readonly Schedule[] = [
  { name: KIND, kind: KIND, cron: "23 * * * *", timeZone: "UTC" },
];
