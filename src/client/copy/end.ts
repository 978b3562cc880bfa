import type { Address, TrustChoice } from "../address.ts";
import type { Authorizer } from "../auth/authorizer.ts";
import { openLane } from "../open-lane.ts";
import { RegistryCaller } from "../registry/caller.ts";

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

/** Nothing is connected before the first request. */
export function openEnd({ address, repository, authorizer, trust }: Place): End {
  const caller = new RegistryCaller(address, openLane(address), authorizer);
  return { caller, repository, trust };
}
