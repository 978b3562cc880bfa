import type { KeyObject } from "node:crypto";
import { openCheckpoint, readsAsCheckpoint } from "../checkpoints/signature.ts";

/** Checkpoints that were kept outside of the database, by chain and number of the row. */
export interface Anchors {
  readonly of: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly count: number;
  /** Those whose signature is not ours. */
  readonly forged: number;
}

/** Kept per chain, the latest ones: five weeks of a chain that grows every minute. */
const MOST = 50_000;

/** Equals the hash of no row. */
const TWO = "two";

/** A compact JWS with an Ed25519 signature, anywhere in a line. */
const SIGNATURE = /\beyJ[\w-]{20,400}\.[\w-]{20,800}\.[\w-]{86}(?![\w-])/g;

/**
 * Finds the checkpoints in lines of any kind: our log as text or JSON, what a syslog server wrote,
 * or signatures alone.
 */
export async function readAnchors(
  lines: AsyncIterable<string> | Iterable<string>,
  publicKey: KeyObject,
): Promise<Anchors> {
  const of = new Map<number, Map<number, string>>();
  let count = 0;
  let forged = 0;
  for await (const line of lines) {
    for (const [signature] of line.matchAll(SIGNATURE)) {
      if (!readsAsCheckpoint(signature)) continue;
      count += 1;
      const found = await openCheckpoint(signature, publicKey);
      if (found === undefined) {
        forged += 1;
        continue;
      }
      const chain = of.get(found.chain) ?? new Map<number, string>();
      of.set(found.chain, chain);
      // Two that differ can only both be ours if the database was put back in between: then no
      // row fits both.
      const other = chain.get(found.seq) ?? found.hash;
      chain.set(found.seq, other === found.hash ? found.hash : TWO);
      const [oldest] = chain.keys();
      if (chain.size > MOST && oldest !== undefined) chain.delete(oldest);
    }
  }
  return { of, count, forged };
}
