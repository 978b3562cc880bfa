import { Counter, Gauge, Registry } from "prom-client";
import { accessLine } from "./access-log.ts";
import { isLogged, type LoggerOptions, openLogger, standardOutput } from "./logger.ts";
import { registerProcessMetrics, scrapeFaults } from "./process-metrics.ts";
import { RequestMetrics } from "./request-metrics.ts";
import type { GaugeOptions, GaugeReading, Telemetry } from "./telemetry.ts";

export interface TelemetryOptions extends LoggerOptions {
  /** Whether each request is logged. */
  readonly access: boolean;
  /** The classes that requests are counted by: few, and fixed. */
  readonly routes: readonly string[];
  readonly build: { readonly version: string; readonly commit: string };
  /** How long one gauge may take to read, in milliseconds. */
  readonly gaugeDeadline?: number;
}

const GAUGE_DEADLINE = 2_000;

/** Opens the log and the metrics of this process. */
export function openTelemetry(options: TelemetryOptions): Telemetry {
  const sink = options.sink ?? standardOutput();
  const { logger, flush } = openLogger({ ...options, sink });
  const logsAccess = options.access && isLogged("info", options.level);
  const registry = new Registry();
  const requests = new RequestMetrics(registry, options.routes);
  registerProcessMetrics(registry, options.build);
  const faults = scrapeFaults(registry);
  const deadline = options.gaugeDeadline ?? GAUGE_DEADLINE;

  /** What is read at each scrape; `put` writes one figure of it. */
  async function collect(
    { name, label, read }: GaugeOptions,
    metric: { reset(): void; remove(): void },
    put: (figure: number, labels: Record<string, string>) => void,
  ): Promise<void> {
    metric.reset();
    try {
      const reading = await within(deadline, Promise.try(read));
      if (typeof reading === "number") put(reading, {});
      else for (const [key, value] of Object.entries(reading)) put(value, labels(label, key));
    } catch (error) {
      // A value from an earlier scrape, or a zero, would be a lie: leave it out.
      if (label === undefined) metric.remove();
      faults.inc({ metric: name });
      logger.warn({ err: error, metric: name }, "a metric could not be read");
    }
  }

  const describe = ({ name, help, label }: GaugeOptions) => ({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
  });

  const gauge = (of: GaugeOptions) => {
    new Gauge({
      ...describe(of),
      collect(): Promise<void> {
        return collect(of, this, (figure, labels) => this.set(labels, figure));
      },
    });
  };

  const counter = (of: GaugeOptions) => {
    new Counter({
      ...describe(of),
      collect(): Promise<void> {
        return collect(of, this, (figure, labels) => this.inc(labels, figure));
      },
    });
  };

  return {
    logger,
    answered: (request) => {
      const { route, method, status, milliseconds, bytesIn, bytesOut } = request;
      requests.count(route, method, status, milliseconds / 1_000, bytesIn, bytesOut);
      if (logsAccess) sink.write(accessLine(options.format, Date.now(), request));
    },
    gauge,
    counter,
    routes: () => requests.figures(),
    exposition: async () => ({
      contentType: registry.contentType,
      text: await registry.metrics(),
    }),
    flush,
  };
}

function labels(label: string | undefined, value: string): Record<string, string> {
  return label === undefined ? {} : { [label]: value };
}

async function within(milliseconds: number, reading: Promise<GaugeReading>): Promise<GaugeReading> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("took too long to read")), milliseconds);
  try {
    return await Promise.race([reading, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
