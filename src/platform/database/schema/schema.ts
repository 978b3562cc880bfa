import type {
  AuditCheckpointsTable,
  AuditHeadsTable,
  AuditTable,
  BindingsTable,
  RolesTable,
  TrustRulesTable,
} from "./access.ts";
import type { HoldGateTable, HoldsTable } from "./backup.ts";
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
  CountersTable,
  CredentialsTable,
  FactorsTable,
  GroupLinksTable,
  GroupMembersTable,
  GroupsTable,
  IdempotencyKeysTable,
  IdentitiesTable,
  PrincipalsTable,
  SessionsTable,
  SigningKeysTable,
  TokensTable,
} from "./identity.ts";
import type { ArtifactInsightsTable, LayerIndexChunksTable, LayerIndexesTable } from "./insight.ts";
import type { FindingsTable, ScrubsTable } from "./integrity.ts";
import type {
  UsageDaysTable,
  UsageFlushesTable,
  UsageHoursTable,
  UsageManifestsTable,
  UsagePrincipalsTable,
  UsageRepositoriesTable,
  UsageTagsTable,
} from "./metering.ts";
import type {
  ImmutabilityRulesTable,
  QuotaBlobsTable,
  QuotasTable,
  QuotaUsageTable,
} from "./quota.ts";
import type { DisplacedCopiesTable, ReclaimDaysTable, ReclaimNodesTable } from "./reclaim.ts";
import type {
  InUseDigestsTable,
  InUseLanesTable,
  InUseSourcesTable,
  RetentionItemsTable,
  RetentionPoliciesTable,
  RetentionRunsTable,
} from "./retention.ts";
import type {
  SearchArtifactsTable,
  SearchAttributesTable,
  SearchHoldersTable,
  SearchProjectsTable,
  SearchRepositoriesTable,
  SearchTermsTable,
  SearchTextsTable,
  StarsTable,
  VisitsTable,
} from "./search.ts";
import type {
  JobLogsTable,
  JobSchedulesTable,
  JobsTable,
  OutboxTable,
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
  identities: IdentitiesTable;
  groups: GroupsTable;
  group_links: GroupLinksTable;
  group_members: GroupMembersTable;
  tokens: TokensTable;
  sessions: SessionsTable;
  factors: FactorsTable;
  signing_keys: SigningKeysTable;
  idempotency_keys: IdempotencyKeysTable;
  counters: CountersTable;
  roles: RolesTable;
  bindings: BindingsTable;
  trust_rules: TrustRulesTable;
  audit: AuditTable;
  audit_heads: AuditHeadsTable;
  audit_checkpoints: AuditCheckpointsTable;
  artifact_insights: ArtifactInsightsTable;
  layer_indexes: LayerIndexesTable;
  layer_index_chunks: LayerIndexChunksTable;
  jobs: JobsTable;
  job_logs: JobLogsTable;
  job_schedules: JobSchedulesTable;
  outbox: OutboxTable;
  settings: SettingsTable;
  usage_hours: UsageHoursTable;
  usage_days: UsageDaysTable;
  usage_principals: UsagePrincipalsTable;
  usage_repositories: UsageRepositoriesTable;
  usage_manifests: UsageManifestsTable;
  usage_tags: UsageTagsTable;
  usage_flushes: UsageFlushesTable;
  search_projects: SearchProjectsTable;
  search_repositories: SearchRepositoriesTable;
  search_texts: SearchTextsTable;
  search_terms: SearchTermsTable;
  search_holders: SearchHoldersTable;
  search_artifacts: SearchArtifactsTable;
  search_attributes: SearchAttributesTable;
  stars: StarsTable;
  visits: VisitsTable;
  retention_policies: RetentionPoliciesTable;
  retention_runs: RetentionRunsTable;
  retention_items: RetentionItemsTable;
  in_use_sources: InUseSourcesTable;
  in_use_digests: InUseDigestsTable;
  in_use_lanes: InUseLanesTable;
  scrubs: ScrubsTable;
  findings: FindingsTable;
  displaced_copies: DisplacedCopiesTable;
  reclaim_days: ReclaimDaysTable;
  reclaim_nodes: ReclaimNodesTable;
  immutability_rules: ImmutabilityRulesTable;
  holds: HoldsTable;
  hold_gate: HoldGateTable;
  quotas: QuotasTable;
  quota_blobs: QuotaBlobsTable;
  quota_usage: QuotaUsageTable;
}
