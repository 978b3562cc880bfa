import { readFileSync } from "node:fs";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

/**
 * The default metrics of the library that mean something on this runtime. Its others read
 * internals of another engine: they stay at zero here, or count every mapped page as heap.
 */
const SOUND = [
  "process_cpu_user_seconds_total",
  "process_cpu_system_seconds_total",
  "process_cpu_seconds_total",
  "process_start_time_seconds",
  "process_resident_memory_bytes",
  "process_virtual_memory_bytes",
  "process_open_fds",
  "process_max_fds",
];

/** Registers figures of the process and of the build. */
export function registerProcessMetrics(
  registry: Registry,
  build: { readonly version: string; readonly commit: string },
): void {
  const defaults = new Registry();
  collectDefaultMetrics({ register: defaults });
  for (const name of SOUND) {
    const metric = defaults.getSingleMetric(name);
    if (metric !== undefined) registry.registerMetric(metric);
  }
  new Gauge({
    name: "process_threads",
    help: "Threads of the process (Linux only).",
    registers: [registry],
    collect() {
      const threads = readThreads();
      if (threads === undefined) this.remove();
      else this.set(threads);
    },
  });
  new Gauge({
    name: "entrepot_build_info",
    help: "Always 1; the labels say which build this is.",
    labelNames: ["version", "commit"],
    registers: [registry],
  }).set(build, 1);
}

/** Counts what could not be read for a scrape. */
export function scrapeFaults(registry: Registry): Counter<"metric"> {
  return new Counter({
    name: "entrepot_metrics_faults_total",
    help: "Gauges that could not be read for a scrape, by metric.",
    labelNames: ["metric"],
    registers: [registry],
  });
}

function readThreads(): number | undefined {
  try {
    const found = /^Threads:\s+(\d+)$/m.exec(readFileSync("/proc/self/status", "utf8"));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}
