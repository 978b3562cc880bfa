/** What was measured of a project or a repository. Bytes of blobs, but for `manifest_bytes`. */
export interface MeasuredSpace {
  day: number;
  manifests: number;
  manifest_bytes: number;
  blobs: number;
  logical: number;
  /** Of all blobs, each once. */
  unique_bytes: number;
  /** Of those, what others in the installation hold too. */
  shared_bytes: number;
  measured_at: number;
}

/** The whole installation, by the day (UTC); its row says that the day is complete. */
export interface LensDaysTable {
  day: number;
  stored: number;
  logical: number;
  /** The disk, in bytes. */
  capacity: number;
  free: number;
  measured_at: number;
}

/** A project, by the day (UTC). */
export interface LensProjectsTable extends MeasuredSpace {
  project_id: string;
}

/** A repository, by the day (UTC); those in the trash too. */
export interface LensRepositoriesTable extends MeasuredSpace {
  repository_id: string;
  project_id: string;
  /** Of `unique_bytes`, what other repositories of the same project hold too. */
  shared_within: number;
}
