import type { RunTally } from "./features/retention/tally.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up the figures of the runs of retention policies. */
export function hangRetentionGauges(telemetry: Telemetry, tally: RunTally): void {
  telemetry.counter({
    name: "entrepot_retention_runs_total",
    help: "Runs of retention policies that ended on this node, well or not.",
    read: () => tally.runs,
  });
  telemetry.counter({
    name: "entrepot_retention_run_failures_total",
    help: "Runs of retention policies that failed on this node; they are tried again.",
    read: () => tally.failures,
  });
  telemetry.counter({
    name: "entrepot_retention_run_seconds_total",
    help: "Seconds that runs of retention policies took on this node.",
    read: () => tally.milliseconds / 1_000,
  });
  telemetry.counter({
    name: "entrepot_retention_deleted_total",
    help: "What runs that ended on this node had deleted, by kind: tag or manifest.",
    label: "kind",
    read: () => tally.deleted,
  });
  telemetry.counter({
    name: "entrepot_retention_left_total",
    help: "What runs that ended on this node were to delete and left: changed, held or refused meanwhile.",
    read: () => tally.left,
  });
}
