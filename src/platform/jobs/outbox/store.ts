import { type Database, procedure, type Tx } from "../../database/port.ts";
import type { NewJob } from "../port.ts";
import { enqueueManyIn } from "../queue/store.ts";
import { deliveryKey, listenerKind, type Route } from "./listeners.ts";

export interface Relay {
  readonly routes: readonly Route[];
  readonly limit: number;
  readonly now: number;
}

/**
 * Turns committed events into one job for each listener and takes them out of the outbox, in one
 * transaction: a crash leaves either the event or its jobs. Gives how many events it moved.
 */
export async function relayIn(tx: Tx, { routes, limit, now }: Relay): Promise<number> {
  const events = await tx
    .selectFrom("outbox")
    .select(["id", "kind", "payload"])
    .orderBy("id")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  if (events.length === 0) return 0;
  const jobs: NewJob[] = routes.flatMap(({ name, kinds, isBundled }): NewJob[] => {
    const heard = events
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ id, kind, payload }) => ({ id, kind, payload: JSON.parse(payload) }));
    const [first] = heard;
    if (first === undefined) return [];
    const kind = listenerKind(name);
    // An event is in one relay alone, so the first of a bundle names it.
    if (isBundled) return [{ kind, payload: heard, uniqueKey: deliveryKey(first.id, name) }];
    return heard.map((each) => ({ kind, payload: each, uniqueKey: deliveryKey(each.id, name) }));
  });
  await enqueueManyIn(tx, jobs, now);
  const ids = events.map((event) => event.id);
  await tx.deleteFrom("outbox").where("id", "in", ids).execute();
  return events.length;
}

const relayOutbox = procedure("outbox.relay", relayIn);

const BATCH = 200;

/** Compiles the relay of a node: each call moves all that is committed. Gives how many events. */
export function prepareRelay(
  db: Database,
  routes: readonly Route[],
): (now: number) => Promise<number> {
  const first = db.prepare<Record<never, never>, { id: string }>((query) =>
    query.selectFrom("outbox").select("id").orderBy("id").limit(1).compile(),
  );
  return async (now) => {
    let total = 0;
    // A look before each transaction: an idle node opens none.
    while ((await first({})).length > 0) {
      const moved = await db.write(relayOutbox, { routes, limit: BATCH, now });
      // What is left is in the hands of another node.
      if (moved === 0) break;
      total += moved;
    }
    return total;
  };
}

export const outboxProcedures = [relayOutbox];

/** When the oldest event was committed that was not passed on yet; null for none. */
export async function oldestEvent(db: Database): Promise<number | null> {
  // Ids begin with the time.
  const row = await db.read
    .selectFrom("outbox")
    .select("created_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row?.created_at ?? null;
}
