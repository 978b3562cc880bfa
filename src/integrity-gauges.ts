import type { Integrity } from "./features/integrity/service.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up the figures of what is checked and found. */
export function hangIntegrityGauges(telemetry: Telemetry, integrity: Integrity): void {
  telemetry.gauge({
    name: "entrepot_integrity_findings_open",
    help: "Damaged, missing or unreadable content that has not been repaired, by kind.",
    label: "kind",
    read: async () => ({ ...(await integrity.open()) }),
  });
  telemetry.counter({
    name: "entrepot_integrity_findings_total",
    help: "Findings of the scrubs of this node, by kind.",
    label: "kind",
    read: () => integrity.tally.findings,
  });
  telemetry.counter({
    name: "entrepot_integrity_scrubbed_bytes_total",
    help: "Bytes that scrubs of this node read and hashed.",
    read: () => integrity.tally.bytes,
  });
}
