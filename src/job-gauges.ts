import type { Jobs } from "./features/jobs/service.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up the figures of the work in the background. */
export function hangJobGauges(telemetry: Telemetry, { figures }: Pick<Jobs, "figures">): void {
  const label = "kind";
  for (const state of ["waiting", "running", "failed"] as const) {
    telemetry.gauge({
      name: `entrepot_jobs_${state}`,
      help: `Background jobs that are ${state}, on all nodes, by kind.`,
      label,
      read: () => figures.in(state),
    });
  }
  telemetry.gauge({
    name: "entrepot_jobs_oldest_due_seconds",
    help: "Seconds for which the oldest job has been due that no node has taken yet, by kind.",
    label,
    read: () => figures.waiting(),
  });
  telemetry.counter({
    name: "entrepot_job_runs_total",
    help: "Runs of jobs that ended on this node, by kind.",
    label,
    read: () => figures.ran(({ runs }) => runs),
  });
  telemetry.counter({
    name: "entrepot_job_run_failures_total",
    help: "Runs of jobs that failed on this node, by kind.",
    label,
    read: () => figures.ran(({ failures }) => failures),
  });
  telemetry.counter({
    name: "entrepot_job_run_seconds_total",
    help: "Seconds that runs of jobs took on this node, by kind.",
    label,
    read: () => figures.ran(({ milliseconds }) => milliseconds / 1_000),
  });
  telemetry.gauge({
    name: "entrepot_job_watchers",
    help: "Clients of this node that follow a job.",
    read: () => figures.watched,
  });
}
