import type { LaneResponse, Sink } from "../lane.ts";
import type { RegistryCaller } from "./caller.ts";
import { locationTarget } from "./location.ts";
import { StatusFault } from "./status-fault.ts";

const OCTETS = { "Content-Type": "application/octet-stream" };

/** The bytes of a blob, in parts that are sent one after the other, and what they hash to. */
export interface BlobSource {
  readonly digest: string;
  readonly size: number;
  readonly parts: readonly Uint8Array[];
}

/** HEAD of a blob: 200 or 404 are answers, anything else too. */
export function headBlob(
  caller: RegistryCaller,
  repository: string,
  digest: string,
): Promise<LaneResponse> {
  return caller.call(repository, "pull", {
    method: "HEAD",
    target: caller.path(repository, `blobs/${digest}`),
  });
}

/** GET of a blob, or with `range` (`bytes=0-99`) of a piece of it. */
export function getBlob(
  caller: RegistryCaller,
  repository: string,
  digest: string,
  options: { readonly sink?: Sink; readonly range?: string; readonly readRate?: number } = {},
): Promise<LaneResponse> {
  const { range, ...rest } = options;
  return caller.call(repository, "pull", {
    method: "GET",
    target: caller.path(repository, `blobs/${digest}`),
    ...(range === undefined ? {} : { headers: { Range: range } }),
    ...rest,
  });
}

/** Opens an upload session and returns the target of its next request. */
export async function startUpload(caller: RegistryCaller, repository: string): Promise<string> {
  const target = caller.path(repository, "blobs/uploads/");
  const answer = await caller.call(repository, "pull,push", { method: "POST", target });
  if (answer.status !== 202) throw new StatusFault("POST", target, answer.status);
  return locationTarget(caller.address, target, answer.header("location"));
}

/** Closes an upload session with the bytes in `parts` (none when they were sent before). */
export async function finishUpload(
  caller: RegistryCaller,
  repository: string,
  session: string,
  digest: string,
  parts?: readonly Uint8Array[],
): Promise<void> {
  const target = locationTarget(caller.address, session, session, { digest });
  const answer = await caller.call(repository, "pull,push", {
    method: "PUT",
    target,
    headers: OCTETS,
    ...(parts === undefined ? {} : { body: parts }),
  });
  if (answer.status !== 201) throw new StatusFault("PUT", target, answer.status);
}

/** Pushes a blob in POST and one PUT, as containerd does. */
export async function pushBlob(
  caller: RegistryCaller,
  repository: string,
  blob: BlobSource,
): Promise<void> {
  const session = await startUpload(caller, repository);
  await finishUpload(caller, repository, session, blob.digest, blob.parts);
}

/** Sends one chunk that starts at byte `offset`; returns the target of the next request. */
export async function sendChunk(
  caller: RegistryCaller,
  repository: string,
  session: string,
  offset: number,
  chunk: readonly Uint8Array[],
  options: { readonly cutAfter?: number } = {},
): Promise<string> {
  const size = chunk.reduce((sum, part) => sum + part.byteLength, 0);
  const answer = await caller.call(repository, "pull,push", {
    method: "PATCH",
    target: session,
    headers: { ...OCTETS, "Content-Range": `${offset}-${offset + size - 1}` },
    body: chunk,
    ...options,
  });
  if (answer.status !== 202) throw new StatusFault("PATCH", session, answer.status);
  return locationTarget(caller.address, session, answer.header("location"));
}

/** Where an interrupted upload stands. */
export async function uploadStatus(
  caller: RegistryCaller,
  repository: string,
  session: string,
): Promise<{ session: string; offset: number }> {
  const answer = await caller.call(repository, "pull,push", { method: "GET", target: session });
  if (answer.status !== 204) throw new StatusFault("GET", session, answer.status);
  const last = /^0-(\d+)$/.exec(answer.header("range") ?? "")?.[1];
  return {
    session: locationTarget(caller.address, session, answer.header("location") ?? session),
    // `0-0` stands for an empty session as well as for one byte; one byte is never sent here.
    offset: last === undefined || last === "0" ? 0 : Number(last) + 1,
  };
}

/** Asks to link a blob of the repository `from`; true when it was mounted. */
export async function mountBlob(
  caller: RegistryCaller,
  repository: string,
  digest: string,
  from: string,
): Promise<LaneResponse> {
  const query = new URLSearchParams({ mount: digest, from }).toString().replaceAll("%3A", ":");
  const target = `${caller.path(repository, "blobs/uploads/")}?${query}`;
  return await caller.call(repository, "pull,push", { method: "POST", target }, from);
}
