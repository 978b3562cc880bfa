/**
 * Whether an answer of "here" must renew the stamp first: only when one is set and less than half
 * the grace is left, so that a check rarely costs a write and yet what was answered stays for at
 * least half a grace.
 */
export function mustRenew(reclaimAfter: number | null, now: number, grace: number): boolean {
  return reclaimAfter !== null && reclaimAfter - now < grace / 2;
}
