export interface IntegritySettings {
  /** When everything is checked by itself, a cron pattern in UTC; null for never. */
  readonly schedule: string | null;
  /** Most bytes a second that one node reads for it; null for no bound. */
  readonly bytesPerSecond: number | null;
}
