import type { AnyEvent, EventKind, EventOf } from "../../../kernel/events.ts";
import type { JobContext, JobHandler } from "../port.ts";

/**
 * Hears of events, each **at least once** and in no promised order, through a job of its own: so
 * one that fails is tried again without holding up the others. `handle` may see an event twice
 * (its `id` is the same) and must do no harm then.
 */
export interface Listener<K extends EventKind = EventKind> {
  /** Unique and lasting: jobs that wait bear it. */
  readonly name: string;
  readonly kinds: readonly K[];
  /** How many events one node hands over at a time; 1 when left out. */
  readonly concurrency?: number;
  handle(event: EventOf<K>, context: JobContext): Promise<void>;
}

/**
 * Hears of events in bundles, as many as were committed meanwhile: under load a job stands for
 * many of them. A bundle that fails is tried again as a whole.
 */
export interface BundleListener<K extends EventKind = EventKind> {
  readonly name: string;
  readonly kinds: readonly K[];
  handleAll(events: readonly EventOf<K>[], context: JobContext): Promise<void>;
}

export type AnyListener = Listener | BundleListener;

/** What the relay must know of a listener: plain data, fit to travel to the writer. */
export interface Route {
  readonly name: string;
  readonly kinds: readonly string[];
  /** All that is relayed at once becomes one job. */
  readonly isBundled?: boolean;
}

export function routeOf(listener: AnyListener): Route {
  const { name, kinds } = listener;
  return { name, kinds, isBundled: "handleAll" in listener };
}

export function listenerKind(name: string): string {
  return `event:${name}`;
}

/** Sees to it that one delivery of one event to one listener is one job. */
export function deliveryKey(event: string, listener: string): string {
  return `event:${event}:${listener}`;
}

/** The handler of the jobs that the relay makes for a listener. */
export function listenerHandler(
  listener: AnyListener,
): JobHandler<AnyEvent> | JobHandler<readonly AnyEvent[]> {
  const { name } = listener;
  if ("handleAll" in listener) {
    return {
      kind: listenerKind(name),
      run: (events: readonly AnyEvent[], context: JobContext) =>
        listener.handleAll(events, context),
    };
  }
  const { concurrency } = listener;
  return {
    kind: listenerKind(name),
    ...(concurrency === undefined ? {} : { concurrency }),
    run: (event: AnyEvent, context: JobContext) => listener.handle(event, context),
  };
}
