import { failure } from "../../../../kernel/errors/catalogue.ts";
import type { Tx } from "../../../../platform/database/port.ts";

export interface Spending {
  readonly challenge: string;
  /** Remembered until then, when its ticket has expired anyway (milliseconds). */
  readonly challengeUntil: number;
  readonly now: number;
}

/** Uses a passkey's challenge, for the first and last time. Throws `factor.challenge_expired`. */
export async function spendChallenge(tx: Tx, spending: Spending): Promise<void> {
  const spent = await tx
    .insertInto("counters")
    .values({
      name: "passkey-challenge",
      subject: spending.challenge,
      window_start: spending.now,
      window_end: spending.challengeUntil,
      count: 1,
    })
    .onConflict((c) => c.columns(["name", "subject"]).doNothing())
    .returning("name")
    .executeTakeFirst();
  if (spent === undefined) throw failure("factor.challenge_expired");
}
