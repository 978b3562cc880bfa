import { accessProcedures } from "./features/access/procedures.ts";
import { auditProcedures } from "./features/audit/store/procedures.ts";
import { backupProcedures } from "./features/backup/store.ts";
import {
  linkGains,
  linkLosses,
  manifestGains,
  manifestLosses,
  repositoryGains,
  repositoryLosses,
  tagGains,
  tagLosses,
} from "./features/content/objections.ts";
import { contentProcedures } from "./features/content/service.ts";
import { idempotencyProcedures } from "./features/idempotency/store.ts";
import { identityProcedures } from "./features/identity/procedures.ts";
import { provisionProcedures } from "./features/identity/providers/provision/store/provision.ts";
import { sessionProcedures } from "./features/identity/sessions/procedures.ts";
import { immutabilityProcedures } from "./features/immutability/store.ts";
import { keepProject, keepRepository, keepTags } from "./features/immutability/store-object.ts";
import { insightProcedures } from "./features/insight/service.ts";
import { integrityProcedures } from "./features/integrity/service.ts";
import { visibleJobProcedures } from "./features/jobs/store.ts";
import { limitProcedures } from "./features/limits/store.ts";
import { meteringProcedures } from "./features/metering/store/purge.ts";
import { personalProcedures } from "./features/personal/store.ts";
import { projectGains, projectLosses, untaggedChanges } from "./features/projects/objections.ts";
import {
  countLink,
  countManifest,
  uncountLinks,
  uncountManifest,
} from "./features/quota/store/count.ts";
import { giveDefaults, limitRepositories, limitTags } from "./features/quota/store/object.ts";
import { quotaProcedures } from "./features/quota/store/write.ts";
import { reclaimProcedures } from "./features/reclaim/service.ts";
import { restampProject } from "./features/reclaim/store/restamp.ts";
import { registryTokenProcedures } from "./features/registry-tokens/keys/store.ts";
import { retentionProcedures } from "./features/retention/service.ts";
import { searchProcedures } from "./features/search/store/write.ts";
import { trashProcedures } from "./features/trash/service.ts";
import { workloadProcedures } from "./features/workload/trust/store.ts";
import { requirePlugged } from "./platform/database/objection.ts";
import type { AnyProcedure } from "./platform/database/port.ts";
import { jobProcedures } from "./platform/jobs/procedures.ts";

// Whoever can run a write transaction comes by here, and so has what objects to it.
tagLosses.plug(keepTags);
repositoryLosses.plug(keepRepository);
projectLosses.plug(keepProject);
tagGains.plug(limitTags);
linkGains.plug(countLink);
linkLosses.plug(uncountLinks);
manifestGains.plug(countManifest);
manifestLosses.plug(uncountManifest);
repositoryGains.plug(limitRepositories);
projectGains.plug(giveDefaults);
untaggedChanges.plug(restampProject);
requirePlugged();

/** Every write transaction of the program: all that the SQLite writer will run. */
export const procedures: readonly AnyProcedure[] = [
  ...accessProcedures,
  ...auditProcedures,
  ...backupProcedures,
  ...contentProcedures,
  ...idempotencyProcedures,
  ...identityProcedures,
  ...provisionProcedures,
  ...sessionProcedures,
  ...immutabilityProcedures,
  ...insightProcedures,
  ...integrityProcedures,
  ...limitProcedures,
  ...meteringProcedures,
  ...personalProcedures,
  ...quotaProcedures,
  ...reclaimProcedures,
  ...registryTokenProcedures,
  ...retentionProcedures,
  ...searchProcedures,
  ...trashProcedures,
  ...workloadProcedures,
  ...jobProcedures,
  ...visibleJobProcedures,
];
