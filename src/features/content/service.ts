import type { Clock } from "../../kernel/clock.ts";
import type { RepositoryName } from "../../oci/name.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { AnyProcedure, Database } from "../../platform/database/port.ts";
import { type BlobService, blobService } from "./blobs/service.ts";
import { blobProcedures } from "./blobs/store/procedures.ts";
import { blobReads } from "./blobs/store/read.ts";
import type { Admission, ContentContext } from "./context.ts";
import type { Witnessing } from "./deed.ts";
import { type ListService, listService } from "./lists.ts";
import { type ReferrersService, referrersService } from "./manifests/referrers.ts";
import { type ManifestService, manifestService } from "./manifests/service.ts";
import { manifestReads } from "./manifests/store/read.ts";
import { manifestProcedures } from "./manifests/store/write.ts";
import { type Located, repositoryReads } from "./repositories/store.ts";
import type { ContentSettings } from "./settings.ts";
import { SpaceGuard } from "./space.ts";
import { tagProcedures, tagReads } from "./tags/store.ts";
import { setTag } from "./tags/store-set.ts";
import { purgeStagedJob, purgeUploadsJob } from "./uploads/job.ts";
import { type UploadService, uploadService } from "./uploads/service.ts";
import { uploadProcedures, uploadReads } from "./uploads/store.ts";
import { type ViewService, viewService } from "./views/service.ts";

/** Every write of content, for the writer's thread. */
export const contentProcedures: readonly AnyProcedure[] = [
  ...blobProcedures,
  ...manifestProcedures,
  ...tagProcedures,
  setTag,
  ...uploadProcedures,
];

/** Everything stored, as the doors use it. */
export interface Content {
  readonly blobs: BlobService;
  readonly uploads: UploadService;
  readonly manifests: ManifestService;
  readonly referrers: ReferrersService;
  readonly lists: ListService;
  /** What people read of all that. */
  readonly views: ViewService;
  /** The live repository of that name, whoever may see it: for what is written about it. */
  locate(name: RepositoryName): Promise<Located | undefined>;
}

export interface ContentParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly settings: ContentSettings;
  readonly changed: () => void;
  /** Waited for after a change that decisions are made from: a push that made a project. */
  readonly revision: { changed(): Promise<void> };
  readonly audit: Witnessing;
  readonly admit: Admission;
}

/** Builds the feature on its platform. */
export function openContent(parts: ContentParts) {
  const { db, blobs, clock, settings } = parts;
  const context: ContentContext = {
    ...parts,
    space: new SpaceGuard(blobs, settings.space, clock),
    reads: {
      repositories: repositoryReads(db),
      blobs: blobReads(db),
      uploads: uploadReads(db),
      manifests: manifestReads(db),
      tags: tagReads(db),
    },
  };
  const content: Content = {
    blobs: blobService(context),
    uploads: uploadService(context),
    manifests: manifestService(context),
    referrers: referrersService(context),
    lists: listService(context),
    views: viewService(context),
    locate: (name) => context.reads.repositories.find(name),
  };
  return { content, jobs: [purgeUploadsJob(context), purgeStagedJob(context)] };
}
