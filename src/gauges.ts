import type { Audit } from "./features/audit/service.ts";
import type { Content } from "./features/content/service.ts";
import type { Identity } from "./features/identity/service.ts";
import type { Metering } from "./features/metering/service.ts";
import type { BlobStore } from "./platform/blobs/port.ts";
import type { JobsWorker } from "./platform/jobs/worker/worker.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

export interface Gauged {
  readonly content: Content;
  readonly blobs: BlobStore;
  readonly worker: JobsWorker;
  readonly audit: Audit;
  readonly identity: Identity;
  readonly metering: Metering;
}

/** Hangs up the gauges that look into the parts of the running program. */
export function hangGauges(
  telemetry: Telemetry,
  { content, blobs, worker, audit, identity, metering }: Gauged,
): void {
  telemetry.gauge({
    name: "entrepot_uploads_open",
    help: "Upload sessions that are open.",
    read: () => content.uploads.open(),
  });
  telemetry.gauge({
    name: "entrepot_storage_bytes",
    help: "The file system that holds the content.",
    label: "kind",
    read: async () => {
      const { total, free } = await blobs.capacity();
      return { total, free, used: total - free };
    },
  });
  telemetry.gauge({
    name: "entrepot_jobs",
    help: "Background jobs by state.",
    label: "state",
    read: async () => {
      const states: Record<string, number> = {};
      for (const { state, count } of await worker.stats()) {
        states[state] = (states[state] ?? 0) + count;
      }
      return states;
    },
  });
  telemetry.gauge({
    name: "entrepot_audit_entries",
    help: "Audit entries ever recorded, by all nodes.",
    read: async () => (await audit.stats()).entries,
  });
  telemetry.gauge({
    name: "entrepot_audit_pulls_waiting",
    help: "Pulls of this node that are gathered and not committed yet.",
    read: async () => (await audit.stats()).pullsWaiting,
  });
  telemetry.gauge({
    name: "entrepot_audit_checkpoint_age_seconds",
    help: "Seconds since the last signed checkpoint of the audit log; -1 before the first.",
    read: async () => {
      const { lastCheckpointAge } = await audit.stats();
      return lastCheckpointAge === null ? -1 : lastCheckpointAge / 1_000;
    },
  });
  telemetry.gauge({
    name: "entrepot_metering_waiting",
    help: "Sums of pulls and pushes on this node that are not stored yet.",
    read: () => metering.waiting,
  });
  telemetry.counter({
    name: "entrepot_metering_reduced_total",
    help: "Requests of this node that were counted for the installation alone, for want of memory.",
    read: () => metering.reduced,
  });
  telemetry.counter({
    name: "entrepot_logins_total",
    help: "Logins of this node, by how they ended: done, denied, throttled.",
    label: "result",
    read: () => ({ ...identity.logins }),
  });
}
