/** What a log line carries besides its message. Values that are `Secret` print as `[redacted]`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the rest of the code tells what happens. Put an error under `err`. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  fatal(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}

/** A request that was answered, or whose client left. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** One of the route classes that the metrics were made with. */
  readonly route: string;
  /** As it came, without the query: a query may hold secrets. */
  readonly path: string;
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly milliseconds: number;
  readonly principal?: string | undefined;
  readonly address?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
}

/** How requests of one class were answered since this process started. */
export interface RouteFigures {
  readonly route: string;
  readonly requests: number;
  /** Those that failed by our own doing: 5xx. */
  readonly errors: number;
  readonly meanMs: number;
  /** Read from a histogram: within a bucket they are estimates. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a gauge reads: one figure, or one for each value of its label. */
export type GaugeReading = number | Readonly<Record<string, number>>;

export interface GaugeOptions {
  /** Begins with `entrepot_`. */
  readonly name: string;
  readonly help: string;
  /** The label whose values are the keys of a reading that is a map. */
  readonly label?: string;
  /** Asked at each scrape. A fault or a delay leaves this gauge out and spoils no other. */
  read(): GaugeReading | Promise<GaugeReading>;
}

/** What the doors use to tell what they do. */
export interface Telemetry {
  readonly logger: Logger;
  /** Counts the request and, where that is switched on, logs it. Costs less than 1 µs to count. */
  answered(request: AnsweredRequest): void;
  gauge(options: GaugeOptions): void;
  /** The same for what only grows: how often something happened in this process. */
  counter(options: GaugeOptions): void;
  /** The classes that were asked for, and how they were answered. */
  routes(): readonly RouteFigures[];
  /** All metrics in Prometheus' text format, and its media type. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Writes out what is still in memory. Call it before the process ends. */
  flush(): void;
}
