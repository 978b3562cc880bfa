import type { Clock } from "../../kernel/clock.ts";
import type { Digest } from "../../oci/digest.ts";
import type { RepositoryName } from "../../oci/name.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Doer } from "../audit/entry.ts";
import type { BlobReads } from "./blobs/store/read.ts";
import type { Witnessing } from "./deed.ts";
import type { ManifestReads } from "./manifests/store/read.ts";
import type { RepositoryReads } from "./repositories/store.ts";
import type { ContentSettings } from "./settings.ts";
import type { SpaceGuard } from "./space.ts";
import type { TagReads } from "./tags/store.ts";
import type { UploadReads } from "./uploads/store.ts";

/** Every read of content, compiled once. */
export interface ContentReads {
  readonly repositories: RepositoryReads;
  readonly blobs: BlobReads;
  readonly uploads: UploadReads;
  readonly manifests: ManifestReads;
  readonly tags: TagReads;
}

/**
 * Asked before bytes come whether they could be kept at all, so that none come in vain: of so many,
 * of this digest where it is known. Throws what is to be said when not.
 */
export type Admission = (
  repository: RepositoryName,
  bytes: number,
  digest?: Digest,
) => Promise<void>;

/** What the services of this feature stand on. */
export interface ContentContext {
  readonly db: Database;
  readonly reads: ContentReads;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly settings: ContentSettings;
  readonly space: SpaceGuard;
  /** Told after a change was committed, so that its events are delivered without delay. */
  readonly changed: () => void;
  /** Waited for after a change that decisions are made from: a push that made a project. */
  readonly revision: { changed(): Promise<void> };
  readonly audit: Witnessing;
  readonly admit: Admission;
}

/** Who pushes, as far as content cares. */
export interface Pusher {
  readonly doer: Doer;
  /** Whether a push of theirs may bring a project into being. */
  readonly mayCreateProject: boolean;
}
