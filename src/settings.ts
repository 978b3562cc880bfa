import { readFile } from "node:fs/promises";
import type { Config } from "./config/schema.ts";
import type { AuditSettings } from "./features/audit/service.ts";
import type { BackupSettings } from "./features/backup/settings.ts";
import type { ContentSettings } from "./features/content/settings.ts";
import type { InsightSettings } from "./features/insight/settings.ts";
import type { IntegritySettings } from "./features/integrity/settings.ts";
import type { LimitSettings } from "./features/limits/settings.ts";
import type { ReclaimSettings } from "./features/reclaim/settings.ts";
import type { TokenSettings } from "./features/registry-tokens/settings.ts";
import type { RetentionSettings } from "./features/retention/job.ts";
import { syslogTarget } from "./platform/syslog/port.ts";

/** What the content feature is told of the configuration. */
export function contentSettings(config: Config): ContentSettings {
  const { reclaim, trash, uploads, projects, manifests, storage } = config;
  return {
    grace: reclaim.grace,
    trashKeep: trash.keep,
    untaggedAfter: reclaim.untaggedAfter === "never" ? null : reclaim.untaggedAfter,
    autoCreate: projects.autoCreate === "administrators",
    uploads: {
      expireAfter: uploads.expireAfter,
      mostPerPrincipal: uploads.maxPerPrincipal,
      maxSize: uploads.maxSize === "unlimited" ? null : uploads.maxSize,
    },
    requireReferences: manifests.requireReferences,
    space: { minFreeBytes: storage.minFreeBytes, minFreePercent: storage.minFreePercent },
  };
}

/** What reclaiming is told of the configuration. */
export function reclaimSettings(config: Config): ReclaimSettings {
  const { grace, trashKeep, untaggedAfter } = contentSettings(config);
  const { enabled, pace } = config.reclaim;
  return { enabled, grace, trashKeep, untaggedAfter, pace };
}

/** What backups are told of the configuration. */
export function backupSettings({ backup }: Config): BackupSettings {
  const { path, schedule, keep, drillSchedule, rate } = backup;
  return {
    folder: path === "" ? null : path,
    schedule: schedule === "never" ? null : schedule,
    keep,
    drillSchedule: drillSchedule === "never" ? null : drillSchedule,
    bytesPerSecond: rate === "unlimited" ? null : rate,
  };
}

/** What the analysis of artifacts is told of the configuration. */
export function insightSettings({ insight }: Config): InsightSettings {
  return {
    enabled: insight.enabled,
    limits: {
      entries: insight.maxEntries,
      unpacked: insight.maxUnpacked,
      ratio: insight.maxRatio,
      time: insight.timeLimit,
      memory: insight.memoryLimit,
    },
  };
}

/** What the retention policies are told of the configuration. */
export function retentionSettings({ trash, reclaim, retention }: Config): RetentionSettings {
  const { keepReports, inUseSilentAfter, inUseExpireAfter } = retention;
  return {
    trashKeep: trash.keep,
    untaggedAfter: reclaim.untaggedAfter === "never" ? null : reclaim.untaggedAfter,
    keepReports,
    silentAfter: inUseSilentAfter,
    expireAfter: inUseExpireAfter === "never" ? null : inUseExpireAfter,
  };
}

/** What the checks of stored content are told of the configuration. */
export function integritySettings({ integrity }: Config): IntegritySettings {
  const { scrubSchedule, scrubRate } = integrity;
  return {
    schedule: scrubSchedule === "never" ? null : scrubSchedule,
    bytesPerSecond: scrubRate === "unlimited" ? null : scrubRate,
  };
}

/** What the pull limits are told of the configuration. */
export function limitSettings({ limits }: Config): LimitSettings {
  const { pullsPerPrincipal, pullsPerAnonymous, window, exemptGroups, exemptRobots } = limits;
  return {
    perPrincipal: pullsPerPrincipal === "unlimited" ? null : pullsPerPrincipal,
    perAnonymous: pullsPerAnonymous === "unlimited" ? null : pullsPerAnonymous,
    window,
    exemptGroups,
    exemptRobots,
  };
}

/** What the token service is told of the configuration. */
export function tokenSettings({ auth, server }: Config): TokenSettings {
  return {
    issuer: server.publicUrl === "" ? "entrepot" : server.publicUrl,
    service: auth.realm,
    lifetime: auth.accessTokenTtl,
    algorithm: auth.signingAlgorithm,
    rotateEvery: auth.keyRotation,
  };
}

/** What the audit log is told of the configuration. */
export async function auditSettings({ audit }: Config): Promise<AuditSettings> {
  const { pulls, keep, syslog, syslogCaFile } = audit;
  if (syslog === "") return { pulls, keep };
  const ca = syslogCaFile === "" ? undefined : await readFile(syslogCaFile, "utf8");
  return { pulls, keep, syslog: syslogTarget(syslog, ca) };
}
