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

/** What the relay must know of a listener: plain data, fit to travel to the writer. */
export interface Route {
  readonly name: string;
  readonly kinds: readonly string[];
}

export function listenerKind(name: string): string {
  return `event:${name}`;
}

/** Sees to it that one delivery of one event to one listener is one job. */
export function deliveryKey(event: string, listener: string): string {
  return `event:${event}:${listener}`;
}

/** The handler of the jobs that the relay makes for a listener. */
export function listenerHandler(listener: Listener): JobHandler<AnyEvent> {
  const { name, concurrency } = listener;
  return {
    kind: listenerKind(name),
    ...(concurrency === undefined ? {} : { concurrency }),
    run: (event, context) => listener.handle(event, context),
  };
}
