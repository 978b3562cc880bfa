import { type BlobSource, getBlob, pushBlob } from "../../../client/registry/blobs.ts";
import type { RegistryCaller } from "../../../client/registry/caller.ts";
import { WireFault } from "../../../client/wire-fault.ts";
import type { Bench } from "../bench.ts";
import { closedLoop } from "./closed-loop.ts";

export interface MixedLoad {
  readonly repository: string;
  /** Pushed all at once, a connection each. */
  readonly uploads: readonly BlobSource[];
  /** Read again and again until the uploads are done. */
  readonly download: Pick<BlobSource, "digest" | "size">;
  readonly downloads: number;
  /** Bytes a second that each download reads. */
  readonly readRate: number;
}

/** Pushes all `uploads` at once while slow readers are at work; returns the seconds of the pushes. */
export async function mixedLoad(bench: Bench, load: MixedLoad): Promise<number> {
  const uploaders = load.uploads.map(() => bench.newCaller());
  const readers = Array.from({ length: load.downloads }, () => bench.newCaller());
  let pushing = true;
  const reading = Promise.all(readers.map((reader) => readOn(bench, load, reader, () => pushing)));
  try {
    const { seconds } = await closedLoop(
      uploaders,
      { operations: uploaders.length },
      async (caller, index) => {
        const blob = load.uploads[index];
        if (blob !== undefined) await pushBlob(caller, load.repository, blob);
      },
      { onFault: (fault) => bench.blame(fault) },
    );
    return seconds;
  } finally {
    pushing = false;
    for (const caller of [...uploaders, ...readers]) caller.close();
    await reading;
  }
}

async function readOn(
  bench: Bench,
  load: MixedLoad,
  reader: RegistryCaller,
  wanted: () => boolean,
): Promise<void> {
  while (wanted()) {
    try {
      const answer = await getBlob(reader, load.repository, load.download.digest, {
        readRate: load.readRate,
      });
      bench.ledger.expect("GET blob", answer.status, 200);
      bench.ledger.expectLength("GET blob", answer.bodyLength, load.download.size);
    } catch (fault) {
      // At the end of the pushes the readers are cut off in the middle: that is no fault.
      if (wanted() || !(fault instanceof WireFault)) {
        bench.blame(fault);
        return;
      }
    }
  }
}
