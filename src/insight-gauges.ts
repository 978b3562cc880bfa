import type { Insights } from "./features/insight/service.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up the figures of what is analysed. */
export function hangInsightGauges(telemetry: Telemetry, insights: Insights): void {
  telemetry.counter({
    name: "entrepot_insight_analysed_total",
    help: "Artifacts and layers that this node analysed, those that failed included.",
    label: "what",
    read: () => insights.tally.analysed,
  });
  telemetry.counter({
    name: "entrepot_insight_failures_total",
    help: "Analyses of this node that failed, by reason.",
    label: "reason",
    read: () => insights.tally.failures,
  });
  telemetry.gauge({
    name: "entrepot_insight_waiting",
    help: "Analyses that wait for their turn, on all nodes.",
    read: () => insights.waiting(),
  });
}
