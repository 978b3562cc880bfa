export type JobState = "waiting" | "running" | "done" | "failed" | "cancelled";

export interface JobsTable {
  id: string;
  kind: string;
  /** JSON. */
  payload: string;
  state: JobState;
  /** At most one waiting or running job has a given key. */
  unique_key: string | null;
  /** 0, 1 or 2: smaller runs first. */
  priority: number;
  run_at: number;
  attempts: number;
  max_attempts: number;
  /** Who runs it: a new value for each claim, so that it fences off whoever ran it before. */
  lease_owner: string | null;
  lease_until: number | null;
  /** 1 once somebody asked a running job to end. */
  cancel_asked: number;
  progress_done: number | null;
  progress_total: number | null;
  error: string | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
}

export interface JobLogsTable {
  job_id: string;
  /** Counts the lines of one job: their order, also within a millisecond. */
  seq: number;
  at: number;
  level: "info" | "warn" | "error";
  message: string;
}

export interface JobSchedulesTable {
  name: string;
  kind: string;
  payload: string;
  cron: string;
  time_zone: string;
  next_at: number;
  last_at: number | null;
}

/** Events committed with their change, to be delivered at least once to each listener. */
export interface OutboxTable {
  id: string;
  kind: string;
  payload: string;
  created_at: number;
}

/** Facts about this installation: its id, its keys. */
export interface SettingsTable {
  name: string;
  value: string;
}
