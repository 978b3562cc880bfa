import type { Config } from "./config/schema.ts";
import type { Insights } from "./features/insight/service.ts";
import type { RetentionContext } from "./features/retention/job.ts";
import { openRetention, type RetentionParts } from "./features/retention/service.ts";
import { retentionSettings } from "./settings.ts";

interface Parts
  extends Pick<RetentionParts, "cancel">,
    Pick<RetentionContext, "db" | "clock" | "audit" | "changed"> {
  readonly config: Config;
  readonly insights: Insights;
}

/** The retention policies, with what they ask of others plugged in. */
export function retentionOf({ config, insights, ...parts }: Parts) {
  return openRetention({
    ...parts,
    settings: retentionSettings(config),
    describe: insights.factsOf,
    immutable: async () => new Set(),
  });
}
