import type { Reclaim } from "./features/reclaim/control.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up the figures of reclaiming. */
export function hangReclaimGauges(telemetry: Telemetry, reclaim: Reclaim): void {
  telemetry.gauge({
    name: "entrepot_reclaim_waiting",
    help: "What carries a stamp after which it may go, due or not, by kind.",
    label: "kind",
    read: async () => {
      const { untagged, trashed, links, blobs, copies, repositories } = await reclaim.waiting();
      return { untagged, trashed, links, blobs, copies, repositories };
    },
  });
  telemetry.gauge({
    name: "entrepot_reclaim_waiting_bytes",
    help: "Bytes of blobs that no repository has any more.",
    read: async () => (await reclaim.waiting()).bytes,
  });
  telemetry.gauge({
    name: "entrepot_reclaim_deleted_repositories_bytes",
    help: "Bytes of the blobs in deleted repositories, each once; others may have them as well.",
    read: async () => (await reclaim.waiting()).repositoryBytes,
  });
  telemetry.gauge({
    name: "entrepot_reclaim_behind_seconds",
    help: "Seconds for which the oldest row has been due.",
    read: () => reclaim.behind(),
  });
  telemetry.counter({
    name: "entrepot_reclaimed_total",
    help: "What was reclaimed on all nodes, by kind.",
    label: "kind",
    read: async () => {
      const { bytes: _, ...counts } = await reclaim.ever();
      return counts;
    },
  });
  telemetry.counter({
    name: "entrepot_reclaimed_bytes_total",
    help: "Bytes that were reclaimed on all nodes.",
    read: async () => (await reclaim.ever()).bytes,
  });
}
