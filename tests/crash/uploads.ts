import type { SeededNumbers } from "../clients/random.ts";
import { type Attempt, type Key, PRESENT } from "./ledger.ts";
import { type Answer, closing } from "./wire.ts";
import type { MadeBlob, OpenUpload, World } from "./world.ts";

export function blobKey(repository: string, digest: string): Key {
  return { kind: "blob", repository, name: digest };
}

function begin(world: World, repository: string, blob: MadeBlob): Attempt {
  return world.ledger.begin([[blobKey(repository, blob.digest), PRESENT]]);
}

/** `a-b` as an upload's `Range` says it, as the number of bytes that arrived. */
function arrived(answer: Answer): number {
  const [, last] = /^0-(\d+)$/.exec(answer.headers.get("range") ?? "") ?? [];
  if (last === undefined) return Number.NaN;
  // An empty upload says 0-0, which one of a single byte says too.
  return last === "0" ? 0 : Number(last) + 1;
}

/** One POST with the bytes in it; registries may take it as a mere beginning (202). */
export async function monolithic(world: World, repository: string, blob: MadeBlob) {
  const attempt = begin(world, repository, blob);
  const target = `${repository}/blobs/uploads/?digest=${blob.digest}`;
  const answer = await world.wire.send("POST", target, { body: blob.bytes });
  if (answer.status !== 202) return world.settle("push by POST", answer, attempt, 201);
  attempt.refuse();
  return close(world, repository, blob, answer.headers.get("location") ?? "", blob.bytes);
}

async function close(
  world: World,
  repository: string,
  blob: MadeBlob,
  location: string,
  body?: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const attempt = begin(world, repository, blob);
  const target = closing(location, blob.digest);
  const answer = await world.wire.send("PUT", target, body ? { body } : {});
  const done = world.settle(body ? "push by PUT" : "closing PUT", answer, attempt, 201);
  if (!done) world.abandoned.push(location);
  return done;
}

async function open(world: World, repository: string): Promise<string | undefined> {
  const answer = await world.wire.send("POST", `${repository}/blobs/uploads/`);
  if (!world.settle("open upload", answer, undefined, 202)) return undefined;
  return answer.headers.get("location") ?? "";
}

/** POST, then everything in the closing PUT, as containerd does it. */
export async function inOnePut(world: World, repository: string, blob: MadeBlob) {
  const location = await open(world, repository);
  return location !== undefined && close(world, repository, blob, location, blob.bytes);
}

/** POST, one PATCH without a length, PUT, as Docker does it. */
export async function streamed(world: World, repository: string, blob: MadeBlob) {
  const location = await open(world, repository);
  if (location === undefined) return false;
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= blob.size) controller.close();
      else controller.enqueue(blob.bytes.subarray(at, at + 65_536));
      at += 65_536;
    },
  });
  const answer = await world.wire.send("PATCH", location, {
    body,
    headers: { "content-type": "application/octet-stream" },
  });
  if (!world.settle("stream", answer, undefined, 202)) {
    world.abandoned.push(location);
    return false;
  }
  return close(world, repository, blob, answer.headers.get("location") ?? location);
}

/** Sends the rest of an upload in chunks with `Content-Range`, then closes it. */
async function finish(world: World, upload: OpenUpload, chunk: number): Promise<boolean> {
  const { blob, repository } = upload;
  while (upload.acknowledged < blob.size) {
    const from = upload.acknowledged;
    const piece = blob.bytes.subarray(from, from + chunk);
    upload.sent = Math.max(upload.sent, from + piece.length);
    const answer = await world.wire.send("PATCH", upload.location, {
      body: piece,
      headers: {
        "content-range": `${from}-${from + piece.length - 1}`,
        "content-type": "application/octet-stream",
      },
    });
    if (!world.settle("chunk", answer, undefined, 202)) return false;
    upload.location = answer.headers.get("location") ?? upload.location;
    upload.acknowledged = from + piece.length;
    if (arrived(answer) !== upload.acknowledged && upload.acknowledged > 1) {
      world.complain(`chunk: Range ${answer.headers.get("range")} after ${upload.acknowledged}`);
    }
  }
  const attempt = begin(world, repository, blob);
  upload.closing = attempt;
  const answer = await world.wire.send("PUT", closing(upload.location, blob.digest));
  const done = world.settle("closing PUT", answer, attempt, 201);
  // Lost answers leave it open, to be asked about after the restart.
  if (answer.status !== 0) world.uploads.delete(upload);
  return done;
}

/** POST, PATCHes with `Content-Range`, PUT. What a crash leaves of it stays in `world.uploads`. */
export async function chunked(
  world: World,
  repository: string,
  blob: MadeBlob,
  numbers: SeededNumbers,
): Promise<boolean> {
  const location = await open(world, repository);
  if (location === undefined) return false;
  const upload: OpenUpload = {
    repository,
    blob,
    location,
    acknowledged: 0,
    sent: 0,
    closing: undefined,
  };
  world.uploads.add(upload);
  const done = await finish(world, upload, numbers.integer(10_000, 400_000));
  // Under faults the client gives up, as a person would; after a crash it comes back.
  if (!done && !world.killed && world.uploads.delete(upload)) world.abandoned.push(upload.location);
  return done;
}

/**
 * Takes up an upload that the crash has cut: asks how far it got, sends the rest, closes it.
 * What a 202 confirmed must be there, and nothing that was never sent.
 */
export async function resume(world: World, upload: OpenUpload): Promise<boolean> {
  const { blob, repository } = upload;
  const what = `upload in ${repository}, ${upload.acknowledged} of ${blob.size} bytes confirmed`;
  const asked = await world.wire.send("GET", upload.location);
  if (asked.status === 404 && upload.closing !== undefined) {
    // The closing PUT had got through before the crash: then the blob is there, which the
    // comparison of blobs looks at, as it is another one that may read "absent".
    world.count("upload closed by the crash");
    world.uploads.delete(upload);
    return true;
  }
  if (!world.answered(`${what}: resuming`, asked, 204)) return false;
  const there = arrived(asked);
  if (!(there >= upload.acknowledged && there <= Math.max(upload.sent, upload.acknowledged))) {
    const range = asked.headers.get("range");
    world.complain(`${what}: Range ${range} after ${upload.sent} bytes were sent`);
    return false;
  }
  upload.location = asked.headers.get("location") ?? upload.location;
  upload.acknowledged = there;
  upload.closing = undefined;
  const done = await finish(world, upload, 1_000_000);
  if (done) {
    world.count("upload resumed");
    world.remember(repository, blob);
  } else {
    world.complain(`${what}: could not be finished after the restart`);
  }
  return done;
}

/** Cancels what was begun and given up; a closing PUT whose answer was lost may have ended it. */
export async function cancelAbandoned(world: World): Promise<void> {
  for (const location of world.abandoned.splice(0)) {
    const answer = await world.wire.send("DELETE", location);
    if (world.answered(`DELETE ${location}`, answer, 204, 404)) world.count("upload cancelled");
  }
}
