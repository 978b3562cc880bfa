import {
  type BlobSource,
  finishUpload,
  sendChunk,
  startUpload,
  uploadStatus,
} from "../../../client/registry/blobs.ts";
import type { RegistryCaller } from "../../../client/registry/caller.ts";
import { StatusFault } from "../../../client/registry/status-fault.ts";
import { WireFault } from "../../../client/wire-fault.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, lower, type Metric, MIB } from "../measure/metric.ts";
import { cpuPerGigabyte, megabytesPerSecond } from "../measure/usage-metrics.ts";
import { verifyBlobs } from "../payload/fill.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { name: "16 MiB", size: 16 * MIB, clients: 2 },
  small: { name: "20 MiB", size: 20 * MIB, clients: 4 },
  full: { name: "100 MiB", size: 100 * MIB, clients: 8 },
};
const CHUNK = 5 * MIB;
/** The chunk whose connection is cut half-way, once in each upload. */
const CUT_CHUNK = 2;
/** A cut reaches the server a little later than the next question may: ask again so often. */
const RESUME_ATTEMPTS = 200;
const RESUME_PAUSE_MS = 10;

/** W8: chunked pushes, each of which loses its connection once and goes on. */
export class ChunkedPushes implements Workload {
  readonly id = "W8";
  readonly title = "chunked push (5 MiB), one chunk dropped and resumed";

  async prepare(): Promise<void> {
    // Every round pushes what no round pushed before: there is nothing to fill in.
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const { name, size, clients } = bench.scaled(SIZES);
    const repository = bench.repository(`w8-${round}`);
    const blobs = Array.from({ length: clients }, () => bench.blobs.make(size));
    const finish = new Histogram();
    let restarts = 0;
    const { result, usage } = await bench.measure(() =>
      bench.loop(clients, { operations: clients }, async (caller, index) => {
        const blob = blobs[index];
        if (blob === undefined) return;
        const upload = new ChunkedUpload(caller, repository, blob);
        finish.record(await upload.push());
        restarts += upload.restarts;
      }),
    );
    await verifyBlobs(bench, repository, blobs);
    const variant = `${name}, c=${clients}`;
    const bytes = size * clients;
    return [
      higher(variant, "throughput", "MB/s", megabytesPerSecond(bytes, result.seconds)),
      lower(variant, "median of the closing PUT", "ms", finish.quantile(0.5)),
      lower(variant, "uploads that had to start over", "", restarts),
      ...cpuPerGigabyte(variant, usage, bytes),
    ];
  }
}

/** One blob on its way in chunks. */
class ChunkedUpload {
  readonly #caller: RegistryCaller;
  readonly #repository: string;
  readonly #blob: BlobSource;
  #session = "";
  #offset = 0;
  /** How often the session was lost with the connection, so that all bytes had to be sent again. */
  restarts = 0;

  constructor(caller: RegistryCaller, repository: string, blob: BlobSource) {
    this.#caller = caller;
    this.#repository = repository;
    this.#blob = blob;
  }

  /** Pushes the blob; returns the milliseconds of the closing PUT. */
  async push(): Promise<number> {
    const bytes = Buffer.concat(this.#blob.parts);
    await this.#begin();
    let cut = false;
    while (this.#offset < bytes.byteLength) {
      const chunk = bytes.subarray(this.#offset, this.#offset + CHUNK);
      if (!cut && this.#offset >= CUT_CHUNK * CHUNK) {
        cut = true;
        await cutShort(this.#caller, this.#repository, this.#session, this.#offset, chunk);
        await this.#resume();
      } else {
        await this.#send(chunk, cut);
      }
    }
    const start = performance.now();
    await finishUpload(this.#caller, this.#repository, this.#session, this.#blob.digest);
    return performance.now() - start;
  }

  async #begin(): Promise<void> {
    this.#session = await startUpload(this.#caller, this.#repository);
    this.#offset = 0;
  }

  async #send(chunk: Uint8Array, wasCut: boolean): Promise<void> {
    try {
      const { length } = chunk;
      const next = await sendChunk(this.#caller, this.#repository, this.#session, this.#offset, [
        chunk,
      ]);
      this.#session = next;
      this.#offset += length;
    } catch (fault) {
      // The server was still taking bytes of the cut chunk when it was asked.
      if (!(wasCut && fault instanceof StatusFault && fault.status === 416)) throw fault;
      await this.#resume();
    }
  }

  /** Goes on where the server stands; some servers give the session up when a client leaves. */
  async #resume(): Promise<void> {
    try {
      const at = await settled(this.#caller, this.#repository, this.#session, this.#offset);
      this.#session = at.session;
      this.#offset = at.offset;
    } catch (fault) {
      if (!(fault instanceof StatusFault && fault.status === 404)) throw fault;
      this.restarts += 1;
      await this.#begin();
    }
  }
}

/** Sends half a chunk and cuts the connection. */
async function cutShort(
  caller: RegistryCaller,
  repository: string,
  session: string,
  offset: number,
  chunk: Uint8Array,
): Promise<void> {
  try {
    const cutAfter = chunk.byteLength >> 1;
    await sendChunk(caller, repository, session, offset, [chunk], { cutAfter });
  } catch (fault) {
    if (!(fault instanceof WireFault)) throw fault;
  }
}

/** Asks where the upload stands, until the server has noticed the cut and the answer holds still. */
async function settled(
  caller: RegistryCaller,
  repository: string,
  session: string,
  atLeast: number,
): Promise<{ session: string; offset: number }> {
  let last = -1;
  for (let attempt = 0; attempt < RESUME_ATTEMPTS; attempt += 1) {
    const status = await uploadStatus(caller, repository, session);
    if (status.offset === last && status.offset >= atLeast) return status;
    last = status.offset;
    await new Promise((resolve) => setTimeout(resolve, RESUME_PAUSE_MS));
  }
  throw new WireFault("timeout", "the upload's offset never came to rest after the cut");
}
