import type { Daily } from "./features/lens/daily/overview.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up what was measured of storage in the last night. */
export function hangLensGauges(telemetry: Telemetry, daily: Pick<Daily, "figures">): void {
  telemetry.gauge({
    name: "entrepot_storage_stored_bytes",
    help: "Bytes of all blobs, each once, when storage was last measured; -1 before the first time.",
    read: async () => (await daily.figures())?.stored ?? -1,
  });
  telemetry.gauge({
    name: "entrepot_storage_logical_bytes",
    help: "Bytes that manifests name, each for itself, when storage was last measured; -1 before the first time.",
    read: async () => (await daily.figures())?.logical ?? -1,
  });
  telemetry.gauge({
    name: "entrepot_storage_growth_bytes_per_day",
    help: "Bytes by which what is used of the disk grows each day, of the last 30 days; NaN for too few days.",
    read: async () => (await daily.figures())?.perDay ?? Number.NaN,
  });
  telemetry.gauge({
    name: "entrepot_storage_full_timestamp_seconds",
    help: "When the disk will be full if it goes on like that, in Unix time; +Inf where no date is foreseen.",
    async read() {
      const at = (await daily.figures())?.fullAt ?? null;
      return at === null ? Number.POSITIVE_INFINITY : at / 1_000;
    },
  });
  telemetry.gauge({
    name: "entrepot_storage_measured_timestamp_seconds",
    help: "When storage was last measured, in Unix time; 0 before the first time.",
    read: async () => ((await daily.figures())?.measuredAt ?? 0) / 1_000,
  });
}
