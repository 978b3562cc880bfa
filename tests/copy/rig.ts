import { setTimeout as sleep } from "node:timers/promises";
import { parseAddress } from "../../src/client/address.ts";
import { Authorizer } from "../../src/client/auth/authorizer.ts";
import { type Copied, type CopyOrder, copyArtifact } from "../../src/client/copy/copier.ts";
import type { Place } from "../../src/client/copy/end.ts";
import { CopyFault } from "../../src/client/copy/faults.ts";
import { ADMIN, type TestRegistry } from "../support/registry.ts";

export function place(url: string, repository: string): Place {
  const address = parseAddress(url);
  const shown = { username: ADMIN.name, password: ADMIN.password };
  return { address, repository, authorizer: new Authorizer(address, shown), trust: {} };
}

export interface Told {
  readonly planned: number[];
  readonly settled: string[];
  moved: number;
}

export function copy(
  source: Place,
  reference: string,
  target: Place,
  more: Partial<CopyOrder> = {},
): { readonly done: Promise<Copied>; readonly told: Told } {
  const told: Told = { planned: [], settled: [], moved: 0 };
  const done = copyArtifact({
    source,
    reference,
    target,
    tag: "v1",
    referrers: false,
    jobs: 2,
    wait: (milliseconds) => sleep(milliseconds / 50),
    events: {
      planned: (blobs) => told.planned.push(blobs.length),
      moved: (_, position) => {
        told.moved = Math.max(told.moved, position);
      },
      settled: (_, outcome) => told.settled.push(outcome),
    },
    ...more,
  });
  return { done, told };
}

export async function faultOf(promise: Promise<unknown>): Promise<CopyFault> {
  const fault = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (fault instanceof CopyFault) return fault;
  throw new Error("no fault of a copy", { cause: fault });
}

/** What stands under a reference, as a client gets it. */
export async function bytesAt(registry: TestRegistry, repository: string, reference: string) {
  const accept: string =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
  return (await registry.admin.get(`/v2/${repository}/manifests/${reference}`, { accept })).expect(
    200,
  ).body;
}
