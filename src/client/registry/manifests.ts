import type { LaneResponse, Sink } from "../lane.ts";
import type { RegistryCaller } from "./caller.ts";
import { StatusFault } from "./status-fault.ts";

/** The one media type that is pushed here. */
export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

const ACCEPT = {
  Accept: `${MANIFEST_TYPE}, application/vnd.docker.distribution.manifest.v2+json`,
};

/** Stores a manifest under a tag or digest; throws unless the answer is 201. */
export async function putManifest(
  caller: RegistryCaller,
  repository: string,
  reference: string,
  bytes: Uint8Array,
): Promise<void> {
  const target = caller.path(repository, `manifests/${reference}`);
  const answer = await caller.call(repository, "pull,push", {
    method: "PUT",
    target,
    headers: { "Content-Type": MANIFEST_TYPE },
    body: [bytes],
  });
  if (answer.status !== 201) throw new StatusFault("PUT", target, answer.status);
}

/** Reads a manifest (GET) or its head (HEAD). */
export function readManifest(
  caller: RegistryCaller,
  method: "GET" | "HEAD",
  repository: string,
  reference: string,
  sink?: Sink,
): Promise<LaneResponse> {
  return caller.call(repository, "pull", {
    method,
    target: caller.path(repository, `manifests/${reference}`),
    headers: ACCEPT,
    ...(sink === undefined ? {} : { sink }),
  });
}

export function deleteManifest(
  caller: RegistryCaller,
  repository: string,
  reference: string,
): Promise<LaneResponse> {
  return caller.call(repository, "delete", {
    method: "DELETE",
    target: caller.path(repository, `manifests/${reference}`),
  });
}

/** One page of a tag list; `query` such as `n=100&last=v5`. */
export function listTags(
  caller: RegistryCaller,
  repository: string,
  query: string,
  sink?: Sink,
): Promise<LaneResponse> {
  return caller.call(repository, "pull", {
    method: "GET",
    target: caller.path(repository, `tags/list${query === "" ? "" : `?${query}`}`),
    ...(sink === undefined ? {} : { sink }),
  });
}
