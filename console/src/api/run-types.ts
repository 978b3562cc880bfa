export type JobState = "waiting" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly runAt: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly progress: { readonly done: number; readonly total: number | null } | null;
  readonly error: string | null;
  readonly cancelAsked: boolean;
}

export interface JobLog {
  readonly at: number;
  readonly level: "info" | "warn" | "error";
  readonly message: string;
}

export interface JobDetail extends Job {
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
  readonly logs: readonly JobLog[];
}

export interface JobSchedule {
  readonly name: string;
  readonly kind: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly nextAt: number;
  readonly lastAt: number | null;
}

export interface Overview {
  readonly at: number;
  readonly storage: {
    readonly total: number;
    readonly free: number;
    readonly used: number;
    readonly stored: number;
    readonly logical: number;
  };
  readonly counts: Readonly<Record<CountName, number>>;
  readonly uploadsOpen: number;
  readonly today: {
    readonly pulls: number;
    readonly pushes: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
    readonly logins: number;
    readonly loginsDenied: number;
  };
}

export const COUNTS = [
  "projects",
  "repositories",
  "tags",
  "manifests",
  "blobs",
  "users",
  "robots",
  "groups",
] as const;
type CountName = (typeof COUNTS)[number];

export interface TrafficPoint {
  readonly at: number;
  readonly pulls: number;
  readonly pushes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly logins: number;
  readonly loginsDenied: number;
}

export interface RepositoryUsage {
  readonly id: string;
  readonly repository: string;
  readonly project: string;
  readonly pulls: number;
  readonly pushes: number;
  readonly bytesOut: number;
  readonly lastPulledAt: number | null;
}

export interface RouteFigures {
  readonly since: number;
  readonly node: string;
  readonly items: readonly {
    readonly route: string;
    readonly requests: number;
    readonly errors: number;
    readonly meanMs: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
  }[];
}

export interface SystemState {
  readonly version: string;
  readonly commit: string;
  readonly node: string;
  readonly startedAt: number;
  readonly engine: string;
  readonly data: string;
  readonly storage: {
    readonly kind: string;
    readonly path: string;
    readonly total: number | null;
    readonly free: number | null;
  };
  readonly runtime: string;
  readonly urls: readonly string[];
  readonly health: readonly {
    readonly part: string;
    readonly ok: boolean;
    readonly why: string | null;
  }[];
  readonly configuration: readonly {
    readonly key: string;
    readonly value: string;
    readonly origin: string;
  }[];
  readonly warnings: readonly string[];
}
