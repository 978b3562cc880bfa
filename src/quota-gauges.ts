import type { Quotas } from "./features/quota/quota.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up how many projects have come to their limits. */
export function hangQuotaGauges(telemetry: Telemetry, quotas: Pick<Quotas, "levels">): void {
  telemetry.gauge({
    name: "entrepot_quota_projects",
    help: "Projects by how near they were to their limits within the last minute or two: warned or not.",
    label: "level",
    read: () => quotas.levels(),
  });
}
