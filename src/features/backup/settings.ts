/** What this feature is told of the configuration. */
export interface BackupSettings {
  /** The folder; null where none is configured. */
  readonly folder: string | null;
  /** A cron pattern (UTC), or null for never. */
  readonly schedule: string | null;
  readonly keep: number;
  /** When the newest backup goes through a drill: a cron pattern (UTC), or null for never. */
  readonly drillSchedule: string | null;
  /** How much a backup or a drill reads; null for no bound. */
  readonly bytesPerSecond: number | null;
}
