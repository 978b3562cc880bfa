import { procedure, type Tx } from "../../../platform/database/port.ts";

/** Numbers by chain. */
export type Marks = Readonly<Record<string, number>>;

/**
 * How far the log was forwarded, chain by chain: ids do not do, because of two transactions the
 * one with the older id may commit last; within a chain rows commit in their order.
 */
export interface Position {
  readonly rows: Marks;
  readonly checkpoints: Marks;
}

interface Stored extends Position {
  /** The node that forwards, until its lease ends. */
  readonly owner: string;
  readonly until: number;
}

const NAME = "audit.forward";

async function read(tx: Tx): Promise<Stored | undefined> {
  const row = await tx
    .selectFrom("settings")
    .select("value")
    .where("name", "=", NAME)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.value) as Stored);
}

async function keep(tx: Tx, stored: Stored): Promise<void> {
  const value = JSON.stringify(stored);
  await tx
    .insertInto("settings")
    .values({ name: NAME, value })
    .onConflict((c) => c.column("name").doUpdateSet({ value }))
    .execute();
}

/** Forwarding begins with what comes from now on. */
async function start(tx: Tx): Promise<Position> {
  const heads = await tx.selectFrom("audit_heads").select(["chain", "seq"]).execute();
  const signed = await tx
    .selectFrom("audit_checkpoints")
    .select((eb) => ["chain", eb.fn.max("seq").as("seq")])
    .groupBy("chain")
    .execute();
  return {
    rows: Object.fromEntries(heads.map(({ chain, seq }) => [chain, seq])),
    checkpoints: Object.fromEntries(signed.map(({ chain, seq }) => [chain, seq])),
  };
}

export interface Forwarding {
  readonly owner: string;
  readonly now: number;
  readonly until: number;
}

/** Takes or renews the lease: gives the position, or null while another node has it. */
export const claimForward = procedure(
  "audit.forward.claim",
  async (tx, { owner, now, until }: Forwarding): Promise<Position | null> => {
    const stored = await read(tx);
    if (stored !== undefined && stored.owner !== owner && stored.until > now) return null;
    const { rows, checkpoints } = stored ?? (await start(tx));
    await keep(tx, { rows, checkpoints, owner, until });
    return { rows, checkpoints };
  },
);

/** Moves the position on and renews the lease; false when that was lost, and nothing changed. */
export const advanceForward = procedure(
  "audit.forward.advance",
  async (tx, { owner, until, position }: Forwarding & { readonly position: Position }) => {
    if ((await read(tx))?.owner !== owner) return false;
    await keep(tx, { ...position, owner, until });
    return true;
  },
);

/** Gives the lease up, so that another node need not wait for its end. */
export const releaseForward = procedure(
  "audit.forward.release",
  async (tx, { owner }: { readonly owner: string }) => {
    const stored = await read(tx);
    if (stored?.owner === owner) await keep(tx, { ...stored, until: 0 });
  },
);
