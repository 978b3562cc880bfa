import type { Config } from "./config/schema.ts";
import { artifactFileRoutes } from "./doors/api/resources/artifact-files.ts";
import { artifactRoutes } from "./doors/api/resources/artifacts.ts";
import { auditRoutes } from "./doors/api/resources/audit.ts";
import { backupRoutes } from "./doors/api/resources/backups.ts";
import { compareRoutes } from "./doors/api/resources/compare.ts";
import { explainRoutes } from "./doors/api/resources/explain.ts";
import { groupRoutes } from "./doors/api/resources/groups.ts";
import { immutabilityRoutes } from "./doors/api/resources/immutability.ts";
import { inUseRoutes } from "./doors/api/resources/in-use.ts";
import { integrityRoutes } from "./doors/api/resources/integrity.ts";
import { jobScheduleRoutes } from "./doors/api/resources/job-schedules.ts";
import { jobRoutes } from "./doors/api/resources/jobs.ts";
import { lensRoutes } from "./doors/api/resources/lens.ts";
import { meRoutes } from "./doors/api/resources/me.ts";
import { memberRoutes } from "./doors/api/resources/members.ts";
import { myFactorRoutes } from "./doors/api/resources/my-factors.ts";
import { myRepositoryRoutes } from "./doors/api/resources/my-repositories.ts";
import { myRightsRoutes } from "./doors/api/resources/my-rights.ts";
import { mySessionRoutes } from "./doors/api/resources/my-sessions.ts";
import { myTokenRoutes } from "./doors/api/resources/my-tokens.ts";
import { oidcRoutes } from "./doors/api/resources/oidc.ts";
import { projectRoutes } from "./doors/api/resources/projects.ts";
import { providerRoutes } from "./doors/api/resources/providers.ts";
import { quotaRoutes } from "./doors/api/resources/quotas.ts";
import { reclaimRoutes } from "./doors/api/resources/reclaim.ts";
import { repositoryRoutes } from "./doors/api/resources/repositories.ts";
import { repositoryBlobRoutes } from "./doors/api/resources/repository-blobs.ts";
import { repositoryTagRoutes } from "./doors/api/resources/repository-tags.ts";
import { retentionRoutes } from "./doors/api/resources/retention.ts";
import { retentionRunRoutes } from "./doors/api/resources/retention-runs.ts";
import { robotRoutes } from "./doors/api/resources/robots.ts";
import { roleRoutes } from "./doors/api/resources/roles.ts";
import { searchRoutes } from "./doors/api/resources/search.ts";
import { sessionRoutes } from "./doors/api/resources/session.ts";
import { type LoginWay, signInRoutes } from "./doors/api/resources/sign-in.ts";
import { signingKeyRoutes } from "./doors/api/resources/signing-keys.ts";
import { spaceRoutes } from "./doors/api/resources/space.ts";
import { type StatisticsParts, statisticsRoutes } from "./doors/api/resources/statistics.ts";
import { systemRoutes } from "./doors/api/resources/system.ts";
import { trashRoutes } from "./doors/api/resources/trash.ts";
import { trustRoutes } from "./doors/api/resources/trust-rules.ts";
import { usageRoutes } from "./doors/api/resources/usage.ts";
import { userCredentialRoutes } from "./doors/api/resources/user-credentials.ts";
import { userRoutes } from "./doors/api/resources/users.ts";
import type { AnyRoute } from "./doors/api/route.ts";
import type { Denials } from "./doors/denials.ts";
import type { Access } from "./features/access/service.ts";
import type { Audit } from "./features/audit/service.ts";
import type { Backups } from "./features/backup/service.ts";
import type { Content } from "./features/content/service.ts";
import type { Immutability } from "./features/immutability/rule.ts";
import type { Insights } from "./features/insight/service.ts";
import type { Integrity } from "./features/integrity/service.ts";
import type { Jobs } from "./features/jobs/service.ts";
import type { Daily } from "./features/lens/daily/overview.ts";
import type { Lens } from "./features/lens/service.ts";
import type { PullLimits } from "./features/limits/service.ts";
import type { Metering } from "./features/metering/service.ts";
import type { Personal } from "./features/personal/service.ts";
import type { Quotas } from "./features/quota/quota.ts";
import type { Reclaim } from "./features/reclaim/control.ts";
import type { SigningKeys } from "./features/registry-tokens/keys/service.ts";
import type { InUse } from "./features/retention/in-use/service.ts";
import type { Retention } from "./features/retention/service.ts";
import type { Search } from "./features/search/service.ts";
import type { System } from "./features/system/service.ts";
import type { Trash } from "./features/trash/service.ts";
import type { Workload } from "./features/workload/service.ts";
import type { Clock } from "./kernel/clock.ts";
import type { People } from "./people.ts";

export interface RestParts extends People {
  readonly config: Config;
  readonly clock: Clock;
  readonly access: Access;
  readonly denials: Denials;
  readonly audit: Audit;
  readonly content: Content;
  readonly immutability: Immutability;
  readonly quotas: Quotas;
  readonly insights: Insights;
  readonly limits: PullLimits;
  readonly keys: SigningKeys;
  readonly lens: Lens;
  readonly daily: Daily;
  readonly workload: Workload;
  readonly backups: Backups;
  readonly jobs: Jobs;
  readonly metering: Metering;
  readonly search: Search;
  readonly retention: Retention;
  readonly inUse: InUse;
  readonly personal: Personal;
  readonly trash: Trash;
  readonly reclaim: Reclaim;
  readonly integrity: Integrity;
  readonly system: System;
  readonly statistics: Omit<StatisticsParts, "metering" | "projects">;
}

/** Every route of `/api/v1`. */
export function restRoutes(parts: RestParts): AnyRoute[] {
  const { identity, providers, sessions, access, audit, config } = parts;
  const { projects } = access;
  const ways: LoginWay[] = config.auth.providers.map(({ name, label, type }) => ({
    name,
    label: label === "" ? name : label,
    type,
  }));
  return [
    ...signInRoutes(parts, ways),
    ...oidcRoutes(parts),
    ...sessionRoutes(parts),
    ...meRoutes(parts),
    ...myFactorRoutes(parts),
    ...myTokenRoutes(parts),
    ...mySessionRoutes(sessions),
    ...myRightsRoutes(access),
    ...myRepositoryRoutes(parts.personal),
    ...userRoutes(identity),
    ...userCredentialRoutes(parts),
    ...groupRoutes(parts),
    ...providerRoutes(providers, ways),
    ...projectRoutes(access),
    ...searchRoutes(parts.search),
    ...repositoryRoutes(parts),
    ...repositoryTagRoutes({ ...parts, projects }),
    ...immutabilityRoutes({ ...parts, projects }),
    ...quotaRoutes({ ...parts, projects }),
    ...artifactRoutes(parts),
    ...artifactFileRoutes(parts),
    ...compareRoutes(parts),
    ...repositoryBlobRoutes(parts),
    ...spaceRoutes({ ...parts, projects }),
    ...lensRoutes({ ...parts, projects }),
    ...usageRoutes({ ...parts, projects }),
    ...trashRoutes({ trash: parts.trash, projects }),
    ...reclaimRoutes(parts.reclaim),
    ...roleRoutes(access),
    ...memberRoutes({ access, identity }),
    ...explainRoutes({ identity, access }),
    ...robotRoutes({ identity, access, projects }),
    ...trustRoutes({ workload: parts.workload, identity, access, projects }),
    ...retentionRoutes({ retention: parts.retention, projects }),
    ...inUseRoutes(parts.inUse),
    ...retentionRunRoutes({ retention: parts.retention, projects }),
    ...auditRoutes({ audit, projects }),
    ...signingKeyRoutes(parts.keys),
    ...backupRoutes(parts.backups),
    ...jobRoutes(parts.jobs),
    ...jobScheduleRoutes(parts.jobs),
    ...integrityRoutes(parts.integrity),
    ...statisticsRoutes({ ...parts.statistics, metering: parts.metering, projects }),
    ...systemRoutes(parts.system),
  ];
}
