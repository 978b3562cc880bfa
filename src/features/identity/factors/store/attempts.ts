import { DAY, MINUTE } from "../../../../kernel/clock.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";

/**
 * Wrong answers within the window before the next one is refused unseen. A passkey's cannot be
 * guessed: those are counted by source, and only for the work that they make.
 */
const MOST_WRONG = { totp: 5, recovery: 5, passkey: 30 } as const;
const WINDOW = 15 * MINUTE;
/** How long a source that showed a right factor is known. */
const KNOWN_FOR = 90 * DAY;
const KNOWN = "factor-known";

/** Codes and recovery codes are counted apart, so that one stays when the other is worn out. */
export type Guessable = keyof typeof MOST_WRONG;

export interface Guess {
  readonly kind: Guessable;
  /** Whose; for sign-ins by passkey, which name nobody, the source again. */
  readonly principalId: string;
  /** The client's address, or the network that counts as one. */
  readonly source: string;
  readonly now: number;
}

export interface Attempt {
  readonly allowed: boolean;
  /** When the window ends (milliseconds). */
  readonly until: number;
  /** Whether it is the first that is refused: worth a line in the audit log. */
  readonly isFirstRefused: boolean;
}

const placeOf = ({ principalId, source }: Guess) => `${principalId}|${source}`;
const counterName = ({ kind }: Guess) => `factor-${kind}`;

/**
 * Whose attempts these are. A source that showed a right factor before is counted by itself, so
 * that somebody who knows the password cannot shut its owner out from elsewhere (A41); all others
 * share one count, however many addresses they have.
 */
async function subjectOf(tx: Tx, guess: Guess): Promise<string> {
  const known = await tx
    .selectFrom("counters")
    .select("window_end")
    .where("name", "=", KNOWN)
    .where("subject", "=", placeOf(guess))
    .where("window_end", ">", guess.now)
    .executeTakeFirst();
  return known === undefined ? guess.principalId : placeOf(guess);
}

/**
 * Counts an attempt before its code is looked at, so that no number of attempts at once sees more
 * than its share; a right code gives its attempt back.
 */
export const takeAttempt = procedure(
  "factors.take-attempt",
  async (tx, guess: Guess): Promise<Attempt> => {
    const { now } = guess;
    const name = counterName(guess);
    const most = MOST_WRONG[guess.kind];
    const subject = await subjectOf(tx, guess);
    await tx
      .insertInto("counters")
      .values({ name, subject, window_start: now, window_end: now + WINDOW, count: 0 })
      .onConflict((c) => c.columns(["name", "subject"]).doNothing())
      .execute();
    const row = await tx
      .selectFrom("counters")
      .select(["window_start", "window_end", "count"])
      .where("name", "=", name)
      .where("subject", "=", subject)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const isOver = row.window_end <= now;
    const next = {
      window_start: isOver ? now : row.window_start,
      window_end: isOver ? now + WINDOW : row.window_end,
      count: Math.min((isOver ? 0 : row.count) + 1, most + 2),
    };
    await tx
      .updateTable("counters")
      .set(next)
      .where("name", "=", name)
      .where("subject", "=", subject)
      .execute();
    return {
      allowed: next.count <= most,
      until: next.window_end,
      isFirstRefused: next.count === most + 1,
    };
  },
);

/** In the transaction of a right code: gives its attempt back, and the source is known from now. */
export async function wasRight(tx: Tx, guess: Guess): Promise<void> {
  const subject = await subjectOf(tx, guess);
  await tx
    .updateTable("counters")
    .set((e) => ({ count: e("count", "-", 1) }))
    .where("name", "=", counterName(guess))
    .where("subject", "=", subject)
    .where("count", ">", 0)
    .execute();
  const known = { window_start: guess.now, window_end: guess.now + KNOWN_FOR };
  await tx
    .insertInto("counters")
    .values({ name: KNOWN, subject: placeOf(guess), count: 1, ...known })
    .onConflict((c) => c.columns(["name", "subject"]).doUpdateSet(known))
    .execute();
}
