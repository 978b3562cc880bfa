import type {
  BlobsTable,
  ManifestBlobsTable,
  ManifestChildrenTable,
  ManifestsTable,
  ProjectsTable,
  RepositoriesTable,
  RepositoryBlobsTable,
  TagHistoryTable,
  TagsTable,
  UploadsTable,
} from "./content.ts";
import type {
  CredentialsTable,
  JobLogsTable,
  JobSchedulesTable,
  JobsTable,
  OutboxTable,
  PrincipalsTable,
  SettingsTable,
} from "./system.ts";

/** Every table, the same on both engines. */
export interface Schema {
  projects: ProjectsTable;
  repositories: RepositoriesTable;
  blobs: BlobsTable;
  repository_blobs: RepositoryBlobsTable;
  manifests: ManifestsTable;
  manifest_blobs: ManifestBlobsTable;
  manifest_children: ManifestChildrenTable;
  tags: TagsTable;
  tag_history: TagHistoryTable;
  uploads: UploadsTable;
  principals: PrincipalsTable;
  credentials: CredentialsTable;
  jobs: JobsTable;
  job_logs: JobLogsTable;
  job_schedules: JobSchedulesTable;
  outbox: OutboxTable;
  settings: SettingsTable;
}
