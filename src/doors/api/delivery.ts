import type { Pull } from "../../features/audit/pulls.ts";
import type { Audit } from "../../features/audit/service.ts";
import type { Actor } from "../../features/identity/principal.ts";
import type { PullLimits } from "../../features/limits/service.ts";
import type { Call } from "./route.ts";

export interface DeliveryParts {
  readonly audit: Audit;
  readonly limits: PullLimits;
}

type Asker = Pick<Call<unknown, unknown, unknown>, "doer"> & { readonly actor: Actor };

/**
 * Content that leaves by this door counts and is written down as it is at the registry's own:
 * a manifest takes one of the caller's pulls. Throws `limits.pulls` when none is left.
 */
export async function deliver(
  { audit, limits }: DeliveryParts,
  { actor, doer }: Asker,
  pull: Pull,
): Promise<void> {
  if (pull.kind === "manifest") await limits.take(actor);
  await audit.pull(doer, pull);
}
