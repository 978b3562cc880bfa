import type { Digest } from "../../oci/digest.ts";
import type { LaneRequest } from "../lane.ts";
import { finishUpload, headBlob, mountBlob, startUpload, uploadStatus } from "../registry/blobs.ts";
import { locationTarget } from "../registry/location.ts";
import { StatusFault } from "../registry/status-fault.ts";
import type { End } from "./end.ts";
import { at, CopyFault, patiently, refusal, type Wait } from "./faults.ts";
import { BlobHash } from "./hash.ts";
import { Pipe } from "./pipe.ts";
import { readBlob } from "./read-blob.ts";

export interface Blob {
  readonly digest: Digest;
  readonly size: number;
}

export type BlobOutcome = "existing" | "mounted" | "copied";

export interface BlobJob {
  readonly source: End;
  readonly target: End;
  readonly blob: Blob;
  /** Whether both are of one registry, which can link it instead. */
  readonly canMount: boolean;
  readonly wait: Wait;
  /** Told how many bytes the target was sent. */
  moved(position: number): void;
}

/** A token that ends while a long body is on its way; a broken body that is still being put away. */
const PASSING = new Set([401, 409, 416]);

const OCTETS = { "Content-Type": "application/octet-stream" };

/** Sends what is missing from `offset` on; gives the target of the next request. */
async function sendRest(job: BlobJob, session: string, offset: number, hash: BlobHash) {
  const { source, target, blob } = job;
  const { digest, size } = blob;
  const pipe = new Pipe();
  let position = offset;
  let isOver = false;
  const reading = readBlob(source, digest, offset, {
    take(piece) {
      if (isOver) throw new CopyFault("unreachable", "target", "it takes no more");
      if (position + piece.byteLength > size) {
        throw new CopyFault("damaged", "source", `${digest} is longer than ${size} bytes`);
      }
      hash.take(piece, position);
      position += piece.byteLength;
      pipe.push(piece);
    },
    room: () => pipe.room(),
  });
  const read = reading.done.then(
    () => pipe.close(),
    (fault: unknown) => pipe.close(fault),
  );
  let sent = offset;
  const request: LaneRequest = {
    method: "PATCH",
    target: session,
    // Whole bodies are sent as every client does; only the rest of one says where it belongs.
    headers: offset === 0 ? OCTETS : { ...OCTETS, "Content-Range": `${offset}-${size - 1}` },
    stream: {
      length: size - offset,
      async next() {
        const piece = await pipe.next();
        sent += piece?.byteLength ?? 0;
        job.moved(sent);
        if (piece !== undefined || sent === size) return piece;
        throw new CopyFault("damaged", "source", `${digest} ends after ${sent} bytes`);
      },
    },
  };
  try {
    const answer = await at("target", () =>
      target.caller.call(target.repository, "pull,push", request),
    );
    if (PASSING.has(answer.status)) {
      const kind = answer.status === 401 ? "refused" : "unreachable";
      throw new CopyFault(kind, "target", `sending ${digest}`, { isPassing: true });
    }
    if (answer.status !== 202) throw refusal("target", answer.status, `sending ${digest}`);
    return locationTarget(target.caller.address, session, answer.header("location") ?? session);
  } catch (fault) {
    isOver = true;
    reading.cancel();
    throw fault;
  } finally {
    pipe.close(new Error("nobody takes it"));
    await read;
  }
}

async function isThere({ target, blob }: BlobJob): Promise<boolean> {
  const { status } = await headBlob(target.caller, target.repository, blob.digest);
  if (status === 200) return true;
  if (status === 404) return false;
  throw refusal("target", status, `looking for ${blob.digest}`);
}

/** Links the blob within one registry; else gives the session that was opened in its place. */
async function mount({ source, target, blob }: BlobJob): Promise<"mounted" | string | undefined> {
  const { caller, repository } = target;
  const answer = await mountBlob(caller, repository, blob.digest, source.repository);
  if (answer.status === 201) return "mounted";
  if (answer.status !== 202) return undefined;
  const asked = caller.path(repository, "blobs/uploads/");
  return locationTarget(caller.address, asked, answer.header("location"));
}

/** Where a session stands; undefined for one that is no more. */
async function standing({ target }: BlobJob, session: string) {
  try {
    return await uploadStatus(target.caller, target.repository, session);
  } catch (fault) {
    if (fault instanceof StatusFault && (fault.status === 404 || fault.status === 400)) {
      return undefined;
    }
    throw fault;
  }
}

async function cancelUpload({ target }: BlobJob, session: string): Promise<void> {
  const request = { method: "DELETE", target: session };
  // It ends by itself too.
  await target.caller.call(target.repository, "pull,push", request).catch(() => {});
}

/**
 * Brings one blob over, by as little work as possible. What was sent before a connection broke is
 * not sent again, and nothing is finished whose bytes do not hash to its digest. Throws `CopyFault`.
 */
export async function copyBlob(job: BlobJob): Promise<BlobOutcome> {
  const { target, blob, canMount, wait } = job;
  let session: string | undefined;
  let isFresh = true;
  let hash = new BlobHash(blob.digest);

  const attempt = async (): Promise<BlobOutcome> => {
    // Also after a break: it may have come just after all was done.
    if (await at("target", () => isThere(job))) return isFresh ? "existing" : "copied";
    if (isFresh && canMount) {
      const mounted = await at("target", () => mount(job));
      if (mounted === "mounted") return mounted;
      session = mounted;
    }
    let offset = 0;
    if (!isFresh && session !== undefined) {
      const known = session;
      const found = await at("target", () => standing(job, known));
      session = found?.session;
      offset = found?.offset ?? 0;
    }
    isFresh = false;
    if (offset > hash.position) session = undefined;
    if (session === undefined) {
      session = await at("target", () => startUpload(target.caller, target.repository));
      offset = 0;
    }
    if (offset < blob.size) session = await sendRest(job, session, offset, hash);
    const sent = hash;
    hash = new BlobHash(blob.digest);
    const ended = session;
    if (!sent.matches()) {
      await cancelUpload(job, ended);
      throw new CopyFault("damaged", "source", `what came is not ${blob.digest}`);
    }
    await at("target", () => finishUpload(target.caller, target.repository, ended, blob.digest));
    return "copied";
  };
  return await patiently(wait, attempt, () => hash.position);
}
