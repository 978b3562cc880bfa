import type { WorkloadMaker } from "../workload.ts";
import { ManifestReads } from "./w01-manifest-reads.ts";
import { ExistenceChecks } from "./w02-existence.ts";
import { SmallBlobReads } from "./w03-small-blobs.ts";
import { LargeBlobReads } from "./w04-large-blob-reads.ts";
import { RangeReads } from "./w05-ranges.ts";
import { SmallPushes } from "./w06-small-pushes.ts";
import { LargePushes } from "./w07-large-pushes.ts";
import { ChunkedPushes } from "./w08-chunked-pushes.ts";
import { ManyTags } from "./w11-many-tags.ts";
import { ManyClients } from "./w14-many-clients.ts";
import { Memory } from "./w15-memory.ts";
import { BearerReads } from "./w17-bearer-reads.ts";
import { LoginFlood } from "./w18-login-flood.ts";

/** Every workload by its number. The numbers have gaps: some loads need more than a client. */
export const WORKLOADS: ReadonlyMap<string, WorkloadMaker> = new Map<string, WorkloadMaker>([
  ["W1", () => new ManifestReads()],
  ["W2", () => new ExistenceChecks()],
  ["W3", () => new SmallBlobReads()],
  ["W4", () => new LargeBlobReads()],
  ["W5", () => new RangeReads()],
  ["W6", () => new SmallPushes()],
  ["W7", () => new LargePushes()],
  ["W8", () => new ChunkedPushes()],
  ["W11", () => new ManyTags()],
  ["W14", () => new ManyClients()],
  ["W15", () => new Memory()],
  ["W17", () => new BearerReads()],
  ["W18", () => new LoginFlood()],
]);
