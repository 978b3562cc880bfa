/** What this feature is told of the configuration. */
export interface BackupSettings {
  /** The folder; null where none is configured. */
  readonly folder: string | null;
  /** A cron pattern (UTC), or null for never. */
  readonly schedule: string | null;
  readonly keep: number;
}
