import { lookup } from "node:dns/promises";
import type { Allowance } from "./allowance.ts";
import { OutboundFault } from "./fault.ts";
import type { OutboundRequest } from "./port.ts";
import type { Target } from "./target.ts";

/** All addresses of a host name. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** The system's own resolver, with its hosts file. */
export const systemLookup: ResolveHost = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map((found) => found.address);

export interface Resolved {
  /** Every one was judged; to be connected to as they are. */
  readonly addresses: readonly string[];
  /** Whether one of them is inside, where only the operator's word permits it. */
  readonly opened: boolean;
}

/** Connecting to more of them one after the other would only take time. */
const MOST_ADDRESSES = 4;

/**
 * Resolves a host once and judges every address that comes back. One that may not be called spoils
 * the whole name: a name that leads outside and inside is how a check is got round.
 */
export function resolver(allowed: Allowance, resolve: ResolveHost) {
  async function addressesOf(target: Target, signal: AbortSignal): Promise<readonly string[]> {
    if (target.isAddress) return [target.host];
    const found = await abortable(resolve(target.host), signal);
    if (found.length === 0) throw new OutboundFault("resolve", "the name has no address");
    return found;
  }

  return async (
    target: Target,
    { purpose, internalAllowed = false }: Pick<OutboundRequest, "purpose" | "internalAllowed">,
    signal: AbortSignal,
  ): Promise<Resolved> => {
    const call = { host: target.host, purpose, internalAllowed };
    const found = await addressesOf(target, signal);
    const verdicts = found.map((address) => {
      const verdict = allowed.judge(address, call);
      if (verdict === undefined) {
        throw new OutboundFault("forbidden", `${address} is inside and not in outbound.allow`);
      }
      return verdict;
    });
    if (!target.secure && !allowed.mayBePlain(found, call)) {
      throw new OutboundFault("url", "plain http is only for hosts in outbound.allow");
    }
    return {
      addresses: [...new Set(verdicts.map(({ address }) => address))].slice(0, MOST_ADDRESSES),
      opened: verdicts.some(({ opened }) => opened),
    };
  };
}

/** The resolver cannot be stopped, but nobody needs to wait for it. */
function abortable(found: Promise<readonly string[]>, signal: AbortSignal) {
  return new Promise<readonly string[]>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    found
      .then(resolve, (error) =>
        reject(new OutboundFault("resolve", "the name has no address", error)),
      )
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
