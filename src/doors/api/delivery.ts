import type { Pull } from "../../features/audit/pulls.ts";
import type { Audit } from "../../features/audit/service.ts";
import type { Actor } from "../../features/identity/principal.ts";
import type { PullLimits } from "../../features/limits/service.ts";
import type { Metering } from "../../features/metering/service.ts";
import type { Call } from "./route.ts";

export interface DeliveryParts {
  readonly audit: Audit;
  readonly limits: PullLimits;
  readonly metering: Metering;
}

type Asker = Pick<Call<unknown, unknown, unknown>, "doer"> & { readonly actor: Actor };

/**
 * Content that leaves by this door counts and is written down as it is at the registry's own:
 * a manifest takes one of the caller's pulls. `bytesOut` is what the caller is to have. Throws
 * `limits.pulls` when no pull is left.
 */
export async function deliver(
  { audit, limits, metering }: DeliveryParts,
  { actor, doer }: Asker,
  pull: Pull,
  bytesOut: number,
): Promise<void> {
  const isPull = pull.kind === "manifest";
  if (isPull) await limits.take(actor);
  await audit.pull(doer, pull);
  metering.count({
    repository: pull.repository,
    principalId: actor.principal.id,
    isPull,
    isPush: false,
    bytesIn: 0,
    bytesOut,
    digest: isPull ? pull.digest : undefined,
    tag: pull.tag,
  });
}
