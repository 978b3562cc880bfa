/** What a condition sees. */
export interface ConditionFacts {
  /** The client's address; "" on a unix socket. */
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly secondFactor: boolean;
  /** How the caller proved to be who they are: `password`, `robot`, `workload`, … */
  readonly via: string;
  readonly action: string;
  /** Name of the project; "" where there is none. */
  readonly project: string;
  /** Full name of the repository; "" where there is none. */
  readonly repository: string;
  /** "" where there is none. */
  readonly tag: string;
  readonly principalName: string;
  readonly principalKind: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface ConditionResult {
  readonly met: boolean;
  /** Why it could not be evaluated, which counts as not met; null when it could. */
  readonly error: string | null;
}

/** A condition that was checked and compiled. */
export interface Condition {
  readonly text: string;
  /** Never throws: what cannot be evaluated is not met. */
  test(facts: ConditionFacts): ConditionResult;
}
