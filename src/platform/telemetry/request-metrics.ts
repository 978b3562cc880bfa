import { Counter, Histogram, type Registry } from "prom-client";
import { quantile } from "./quantile.ts";
import type { RouteFigures } from "./telemetry.ts";

/** Methods that have figures of their own; anything else a client sends counts as OTHER. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OTHER"] as const;
const OTHER = METHODS.length - 1;
const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** Upper bounds of the latency buckets, in seconds: from a cached manifest to a large layer. */
const BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

/** A request of a route that was not declared counts here, so that labels stay bounded. */
const UNKNOWN_ROUTE = "other";

/**
 * Counts of requests by route class, method and status class. Counting is a few additions into
 * arrays; only a scrape turns them into labelled samples.
 */
export class RequestMetrics {
  readonly #routes: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #methods: ReadonlyMap<string, number>;
  readonly #requests: Float64Array;
  readonly #buckets: Float64Array;
  readonly #seconds: Float64Array;
  readonly #bytesIn: Float64Array;
  readonly #bytesOut: Float64Array;

  constructor(registry: Registry, routes: readonly string[]) {
    this.#routes = [...new Set([...routes, UNKNOWN_ROUTE])];
    this.#index = new Map(this.#routes.map((route, index) => [route, index]));
    this.#methods = new Map(METHODS.map((method, index) => [method, index]));
    const count = this.#routes.length;
    this.#requests = new Float64Array(count * METHODS.length * CLASSES.length);
    // One bucket more than there are bounds: what took longer than the last.
    this.#buckets = new Float64Array(count * (BUCKETS.length + 1));
    this.#seconds = new Float64Array(count);
    this.#bytesIn = new Float64Array(count);
    this.#bytesOut = new Float64Array(count);
    this.#register(registry);
  }

  count(
    route: string,
    method: string,
    status: number,
    seconds: number,
    bytesIn: number,
    bytesOut: number,
  ): void {
    const at = this.#index.get(route) ?? this.#routes.length - 1;
    const verb = this.#methods.get(method) ?? OTHER;
    const kind = Math.min(Math.max(Math.trunc(status / 100), 1), CLASSES.length) - 1;
    add(this.#requests, (at * METHODS.length + verb) * CLASSES.length + kind, 1);
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket += 1;
    add(this.#buckets, at * (BUCKETS.length + 1) + bucket, 1);
    add(this.#seconds, at, seconds);
    add(this.#bytesIn, at, bytesIn);
    add(this.#bytesOut, at, bytesOut);
  }

  /** The figures of each class that was asked for at all. */
  figures(): RouteFigures[] {
    return this.#latencies().flatMap(({ route, seconds, buckets }, index) => {
      let requests = 0;
      for (const count of buckets) requests += count;
      if (requests === 0) return [];
      const ms = (share: number) => (quantile(share, BUCKETS, buckets) ?? 0) * 1_000;
      const errors = this.#count(index, CLASSES.length - 1);
      const meanMs = (seconds / requests) * 1_000;
      return [{ route, requests, errors, meanMs, p50Ms: ms(0.5), p99Ms: ms(0.99) }];
    });
  }

  /** Requests of a class, by whatever method, whose status was of that kind. */
  #count(route: number, kind: number): number {
    let count = 0;
    for (let verb = 0; verb < METHODS.length; verb++) {
      count += this.#requests[(route * METHODS.length + verb) * CLASSES.length + kind] ?? 0;
    }
    return count;
  }

  #register(registry: Registry): void {
    const eachRequestCount = this.#eachRequestCount.bind(this);
    new Counter({
      name: "entrepot_http_requests_total",
      help: "Requests answered, by route class, method and status class.",
      labelNames: ["route", "method", "status"],
      registers: [registry],
      collect() {
        this.reset();
        eachRequestCount((labels, value) => this.inc(labels, value));
      },
    });
    registry.registerMetric(new LatencyHistogram(() => this.#latencies()));
    this.#registerBytes(registry, "in", "Bytes of request bodies.", this.#bytesIn);
    this.#registerBytes(registry, "out", "Bytes of response bodies.", this.#bytesOut);
  }

  #registerBytes(registry: Registry, way: "in" | "out", help: string, bytes: Float64Array): void {
    const routes = this.#routes;
    new Counter({
      name: `entrepot_http_bytes_${way}_total`,
      help: `${help} By route class.`,
      labelNames: ["route"],
      registers: [registry],
      collect() {
        this.reset();
        for (const [index, route] of routes.entries()) this.inc({ route }, bytes[index] ?? 0);
      },
    });
  }

  #eachRequestCount(tell: (labels: Record<string, string>, value: number) => void): void {
    let at = 0;
    for (const route of this.#routes) {
      for (const method of METHODS) {
        for (const status of CLASSES) {
          const value = this.#requests[at] ?? 0;
          at += 1;
          if (value > 0) tell({ route, method, status }, value);
        }
      }
    }
  }

  #latencies(): RouteLatency[] {
    const width = BUCKETS.length + 1;
    return this.#routes.map((route, index) => ({
      route,
      seconds: this.#seconds[index] ?? 0,
      buckets: this.#buckets.subarray(index * width, (index + 1) * width),
    }));
  }
}

interface RouteLatency {
  readonly route: string;
  readonly seconds: number;
  readonly buckets: Float64Array;
}

const LATENCY = {
  name: "entrepot_http_request_duration_seconds",
  help: "Time from a request's head until its answer is ready to be sent, by route class.",
  labelNames: ["route"] as const,
  buckets: BUCKETS,
  registers: [],
};

/** A histogram whose counts are kept elsewhere. */
class LatencyHistogram extends Histogram<"route" | "le"> {
  readonly #read: () => RouteLatency[];
  /** Never counts anything: it says how the library describes a histogram. */
  readonly #blank = new Histogram<"route" | "le">(LATENCY);

  constructor(read: () => RouteLatency[]) {
    super(LATENCY);
    this.#read = read;
  }

  override async get(): ReturnType<Histogram<"route" | "le">["get"]> {
    return { ...(await this.#blank.get()), values: this.#read().flatMap(samplesOf) };
  }

  /** What the registry asks instead of `get` where a metric has it, as every histogram does. */
  getForPromString(): ReturnType<Histogram<"route" | "le">["get"]> {
    return this.get();
  }
}

type Sample = Awaited<ReturnType<Histogram<"route" | "le">["get"]>>["values"][number];

function samplesOf({ route, seconds, buckets }: RouteLatency): Sample[] {
  const { name } = LATENCY;
  const samples: Sample[] = [];
  let total = 0;
  for (const [index, count] of buckets.entries()) {
    total += count;
    const le = BUCKETS[index] ?? "+Inf";
    samples.push({ metricName: `${name}_bucket`, labels: { route, le }, value: total });
  }
  if (total === 0) return [];
  samples.push({ metricName: `${name}_sum`, labels: { route }, value: seconds });
  samples.push({ metricName: `${name}_count`, labels: { route }, value: total });
  return samples;
}

function add(array: Float64Array, index: number, value: number): void {
  array[index] = (array[index] ?? 0) + value;
}
