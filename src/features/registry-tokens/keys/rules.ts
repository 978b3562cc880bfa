/** The times in the life of a signing key, in milliseconds since the epoch. */
export interface KeyLife {
  readonly id: string;
  readonly algorithm: string;
  readonly active_at: number;
  readonly retired_at: number | null;
}

/** Whether it is time for another key: the newest is too old, or of another algorithm. */
export function isDue(
  keys: readonly KeyLife[],
  { algorithm, now, every }: { algorithm: string; now: number; every: number },
): boolean {
  const newest = keys.findLast(({ retired_at }) => retired_at === null);
  if (newest === undefined || newest.algorithm !== algorithm) return true;
  return now >= newest.active_at + every;
}

/**
 * The key that signs at `now`: the youngest that is active. Where clocks lie so far apart that
 * none is, the first that will be. `keys` are in the order in which they become active.
 */
export function signingAt<K extends KeyLife>(keys: readonly K[], now: number): K | undefined {
  const lives = keys.filter(({ retired_at }) => retired_at === null || now < retired_at);
  return lives.findLast(({ active_at }) => active_at <= now) ?? lives[0];
}
