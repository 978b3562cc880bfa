/** A copy of bytes that no blob's row names any more: its bytes are to be removed. */
export interface DisplacedCopiesTable {
  location: string;
  digest: string;
  since: number;
}

/** What was reclaimed within a day (UTC), on all nodes. */
export interface ReclaimDaysTable {
  /** When the day began. */
  day: number;
  /** Manifests that were moved to the trash because nothing held them. */
  trashed: number;
  /** Manifests that were removed from the trash for good. */
  manifests: number;
  links: number;
  blobs: number;
  bytes: number;
}

/** How the sweeper of a node gets on. */
export interface ReclaimNodesTable {
  node: string;
  swept_at: number;
  /** A code of the error catalogue; null while all is well. */
  error: string | null;
  error_at: number | null;
}
