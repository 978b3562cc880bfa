import { tmpdir } from "node:os";
import { hangBackupGauges } from "./backup-gauges.ts";
import { buildInfo } from "./config/build-info.ts";
import type { Config } from "./config/schema.ts";
import type { Audit } from "./features/audit/service.ts";
import { openBackup } from "./features/backup/service.ts";
import type { Content } from "./features/content/service.ts";
import { openImmutability } from "./features/immutability/service.ts";
import type { Insights } from "./features/insight/service.ts";
import { openIntegrity } from "./features/integrity/service.ts";
import type { Jobs } from "./features/jobs/service.ts";
import { quotaJobs } from "./features/quota/job.ts";
import { openQuotas } from "./features/quota/service.ts";
import { openReclaim } from "./features/reclaim/service.ts";
import { openRetention } from "./features/retention/service.ts";
import { openTrash } from "./features/trash/service.ts";
import { hangIntegrityGauges } from "./integrity-gauges.ts";
import type { Clock } from "./kernel/clock.ts";
import type { BlobStore } from "./platform/blobs/port.ts";
import type { Database } from "./platform/database/port.ts";
import { fillSqlite } from "./platform/database/sqlite/fill.ts";
import type { Logger, Telemetry } from "./platform/telemetry/telemetry.ts";
import { hangQuotaGauges } from "./quota-gauges.ts";
import { hangReclaimGauges } from "./reclaim-gauges.ts";
import { hangRetentionGauges } from "./retention-gauges.ts";
import {
  backupSettings,
  contentSettings,
  integritySettings,
  reclaimSettings,
  retentionSettings,
} from "./settings.ts";
import { NODE } from "./system.ts";

export interface UpkeepParts {
  readonly config: Config;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly content: Content;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly changed: () => void;
  readonly insights: Insights;
  readonly cancel: Jobs["cancel"];
}

/** Opens what sees to stored content by itself, and the way back for what was deleted. */
export function openUpkeep(parts: UpkeepParts) {
  const { config, logger, telemetry, content } = parts;
  const reclaiming = openReclaim({
    ...parts,
    locate: content.locate,
    node: NODE,
    settings: reclaimSettings(config),
    onFault: (error) => logger.error({ err: error }, "reclaiming was held up"),
  });
  const { reclaim, sweeper } = reclaiming;
  hangReclaimGauges(telemetry, reclaim);
  const checks = openIntegrity({ ...parts, settings: integritySettings(config) });
  hangIntegrityGauges(telemetry, checks.integrity);
  const { integrity, listeners } = checks;
  const immutability = openImmutability(parts);
  const retaining = openRetention({
    ...parts,
    settings: retentionSettings(config),
    describe: parts.insights.factsOf,
    judge: (project) => immutability.judge(project),
  });
  hangRetentionGauges(telemetry, retaining.tally);
  const backup = openBackup({
    ...parts,
    settings: backupSettings(config),
    holding: reclaiming.holding,
    program: buildInfo,
    fill: fillSqlite,
    scratch: tmpdir(),
    suspect: checks.suspect,
  });
  hangBackupGauges(telemetry, backup.backups);
  const quotas = openQuotas(parts);
  hangQuotaGauges(parts.telemetry, quotas);
  return {
    services: {
      reclaim,
      backups: backup.backups,
      integrity,
      immutability,
      quotas,
      retention: retaining.retention,
      inUse: retaining.inUse,
      trash: openTrash({ ...parts, settings: contentSettings(config) }),
    },
    jobs: [
      ...reclaiming.jobs,
      ...checks.jobs,
      ...retaining.jobs,
      ...quotaJobs(parts),
      ...backup.jobs,
    ],
    listeners,
    schedules: [...checks.schedules, ...retaining.schedules, ...backup.schedules],
    /** Goes on with what an earlier process began. */
    async start(): Promise<void> {
      await checks.start();
      await backup.start();
      await reclaiming.start();
    },
    stop: () => sweeper.stop(),
  };
}
