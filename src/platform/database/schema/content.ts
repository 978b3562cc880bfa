import type { Generated } from "kysely";

/** Times are integer milliseconds since the epoch, sizes integer bytes, ids text. */

export interface ProjectsTable {
  id: string;
  name: string;
  created_at: number;
  deleted_at: number | null;
  /** Set when it was taken out of the trash for good: its content may go from then on. */
  emptied_at: Generated<number | null>;
  /** Milliseconds, or null for the installation's own setting (`reclaim.untagged_after`). */
  untagged_after: number | null;
  /** 1 when everyone may pull, without a login. */
  public: Generated<number>;
  /** JSON list of networks from which it can be used, or null for everywhere. */
  addresses: Generated<string | null>;
  description: Generated<string | null>;
  /** Counts changes: the entity tag of REST. */
  version: Generated<number>;
}

export interface RepositoriesTable {
  id: string;
  project_id: string;
  /** The full name, `project/any/path`. */
  name: string;
  created_at: number;
  deleted_at: number | null;
  /** Null for one that went with its project. */
  deleted_by: Generated<string | null>;
  /** Set when it was taken out of the trash for good: its content may go from then on. */
  emptied_at: Generated<number | null>;
  /** Of the last push or move of a tag, to within a second; null until it holds something. */
  updated_at: Generated<number | null>;
}

export type BlobState = "live" | "reclaiming" | "quarantined";

export interface BlobsTable {
  digest: string;
  size: number;
  /** Where the bytes are: a name that only the storage driver understands, never used twice. */
  location: string;
  state: BlobState;
  created_at: number;
  last_touched: number;
  /** Set while no repository links the blob: from then on its bytes may go. */
  reclaim_after: number | null;
}

export interface RepositoryBlobsTable {
  repository_id: string;
  digest: string;
  linked_at: number;
  /** Deleted here, and kept only because a manifest in the trash would need it back. */
  deleted_at: number | null;
  /** Set while no manifest of the repository holds the blob: from then on the link may go. */
  reclaim_after: number | null;
}

export interface ManifestsTable {
  repository_id: string;
  digest: string;
  media_type: string;
  artifact_type: string | null;
  subject: string | null;
  size: number;
  /** The bytes exactly as they were pushed. */
  payload: Uint8Array;
  /** JSON object of strings, for the referrers answer. */
  annotations: string | null;
  pushed_at: number;
  pushed_by: string;
  /** In the trash since, or null while live. */
  deleted_at: number | null;
  deleted_by: string | null;
  /** Set in the trash, or while nothing holds an untagged manifest that is to go. */
  reclaim_after: number | null;
  /** Its bytes in this row were found to be others: not served until it is pushed again. */
  damaged_at: Generated<number | null>;
}

/** Edge manifest → blob. */
export interface ManifestBlobsTable {
  repository_id: string;
  manifest: string;
  digest: string;
}

/** Edge index → manifest. The child need not exist (sparse indexes). */
export interface ManifestChildrenTable {
  repository_id: string;
  manifest: string;
  child: string;
}

export interface TagsTable {
  repository_id: string;
  name: string;
  manifest: string;
  updated_at: number;
  updated_by: string;
}

/** Who moved which tag, when, from where to where. `null` is: did not exist. */
export interface TagHistoryTable {
  id: string;
  repository_id: string;
  name: string;
  from_manifest: string | null;
  to_manifest: string | null;
  at: number;
  by: string;
}

export interface UploadsTable {
  id: string;
  repository_id: string;
  principal: string;
  /** Bytes acknowledged so far. */
  received: number;
  /** The digest of everything so far, when the running hash was at hand at the last PATCH. */
  digest: string | null;
  /** What the client announced with `?digest-algorithm=`. */
  algorithm: string;
  created_at: number;
  updated_at: number;
  expires_at: number;
}
