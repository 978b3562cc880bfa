import { DAY } from "../../../kernel/clock.ts";
import { type Database, procedure } from "../../../platform/database/port.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";

const PAUSE = "reclaim.paused";

/** Since when nobody sweeps, and whose word that is. */
export interface Pause {
  readonly at: number;
  readonly by: string;
}

/** How the sweeper of one node gets on. */
export interface NodeSweep {
  readonly node: string;
  readonly sweptAt: number;
  /** A code of the error catalogue; null while all is well. */
  readonly error: string | null;
  readonly errorAt: number | null;
}

/** Stops the sweepers of all nodes; false when they were stopped already. */
export const pauseReclaim = procedure(
  "reclaim.pause",
  async (tx, { witness }: { readonly witness: Witness }): Promise<boolean> => {
    const value = JSON.stringify({ at: witness.at, by: witness.doer.name } satisfies Pause);
    const made = await tx
      .insertInto("settings")
      .values({ name: PAUSE, value })
      .onConflict((c) => c.column("name").doNothing())
      .returning("name")
      .executeTakeFirst();
    if (made === undefined) return false;
    const object = { kind: "reclaim", id: null, name: null };
    await record(tx, witness, [done("reclaim.pause", object)]);
    return true;
  },
);

/** Lets the sweepers go on; false when they were not stopped. */
export const resumeReclaim = procedure(
  "reclaim.resume",
  async (tx, { witness }: { readonly witness: Witness }): Promise<boolean> => {
    const gone = await tx
      .deleteFrom("settings")
      .where("name", "=", PAUSE)
      .returning("value")
      .executeTakeFirst();
    if (gone === undefined) return false;
    const object = { kind: "reclaim", id: null, name: null };
    await record(tx, witness, [done("reclaim.resume", object)]);
    return true;
  },
);

/** Records that somebody did not want to wait for the next look. */
export const recordRun = procedure(
  "reclaim.run",
  async (tx, { witness }: { readonly witness: Witness }): Promise<void> => {
    const object = { kind: "reclaim", id: null, name: null };
    await record(tx, witness, [done("reclaim.run", object)]);
  },
);

/** Notes how a node's sweeper gets on, and forgets nodes that have said nothing for a day. */
export const noteSweep = procedure(
  "reclaim.note",
  async (tx, { node, sweptAt, error, errorAt }: NodeSweep): Promise<void> => {
    const row = { swept_at: sweptAt, error, error_at: errorAt };
    await tx
      .insertInto("reclaim_nodes")
      .values({ node, ...row })
      .onConflict((c) => c.column("node").doUpdateSet(row))
      .execute();
    await tx
      .deleteFrom("reclaim_nodes")
      .where("swept_at", "<", sweptAt - DAY)
      .execute();
  },
);

/** The reads of the state. */
export function stateReads(db: Database) {
  const paused = db.prepare((q, p: { name: string }) =>
    q.selectFrom("settings").select("value").where("name", "=", p.name).compile(),
  );
  return {
    async pause(): Promise<Pause | null> {
      const [row] = await paused({ name: PAUSE });
      return row === undefined ? null : (JSON.parse(row.value) as Pause);
    },
    async nodes(): Promise<NodeSweep[]> {
      return db.read
        .selectFrom("reclaim_nodes")
        .select(["node", "swept_at as sweptAt", "error", "error_at as errorAt"])
        .orderBy("swept_at", "desc")
        .limit(100)
        .execute();
    },
  };
}

export type StateReads = ReturnType<typeof stateReads>;
