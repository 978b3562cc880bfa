/** What was counted of some time, place or person. */
export interface UsageFigures {
  pulls: number;
  pushes: number;
  bytes_in: number;
  bytes_out: number;
}

/** The whole installation, by the hour (UTC). */
export interface UsageHoursTable extends UsageFigures {
  /** When the hour began. */
  hour: number;
  logins: number;
  logins_denied: number;
}

/** A repository, by the day (UTC). */
export interface UsageDaysTable extends UsageFigures {
  day: number;
  repository_id: string;
}

/** The same by principal; all who did not log in are `anonymous`. */
export interface UsagePrincipalsTable extends UsageDaysTable {
  principal_id: string;
  last_pulled_at: number | null;
  last_pushed_at: number | null;
  last_at: number;
}

/** A repository since it was made; stays when that is gone. */
export interface UsageRepositoriesTable extends UsageFigures {
  repository_id: string;
  project_id: string;
  /** The full name. */
  name: string;
  last_pulled_at: number | null;
  last_pushed_at: number | null;
}

export interface UsageManifestsTable {
  repository_id: string;
  digest: string;
  pulls: number;
  last_pulled_at: number;
}

export interface UsageTagsTable {
  repository_id: string;
  tag: string;
  pulls: number;
  last_pulled_at: number;
}

/** The last batch of each process that was added: so that none counts twice. */
export interface UsageFlushesTable {
  node: string;
  seq: number;
  at: number;
}
