import type { Address, TrustChoice } from "../address.ts";
import type { Authorizer } from "../auth/authorizer.ts";
import { openLane } from "../open-lane.ts";
import { RegistryCaller } from "../registry/caller.ts";
import { WireFault } from "../wire-fault.ts";
import { at, type Side } from "./faults.ts";

/** A repository of some registry, and who one is there. */
export interface Place {
  readonly address: Address;
  readonly repository: string;
  readonly authorizer: Authorizer;
  readonly trust: TrustChoice;
}

/** A connection to it, for one request at a time. */
export interface End {
  readonly caller: RegistryCaller;
  readonly repository: string;
  readonly trust: TrustChoice;
}

/**
 * Sees that somebody listens there. A name that is wrong will not pass, so nobody waits for it; a
 * registry that goes away later is waited for. Throws `CopyFault`.
 */
export async function reach(side: Side, { address }: Place): Promise<void> {
  const lane = openLane(address);
  try {
    // What is answered, and to whom, is seen when something is asked for.
    await at(side, async () => {
      await lane.exchange({ method: "GET", target: `${address.prefix}/v2/` });
    });
  } catch (fault) {
    const { cause } = fault instanceof Error ? fault : {};
    if (cause instanceof WireFault && cause.kind === "connect") throw fault;
  } finally {
    lane.close();
  }
}

/** Nothing is connected before the first request. */
export function openEnd({ address, repository, authorizer, trust }: Place): End {
  const caller = new RegistryCaller(address, openLane(address), authorizer);
  return { caller, repository, trust };
}
