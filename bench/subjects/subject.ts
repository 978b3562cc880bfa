/** A server under comparison. */
export interface Subject {
  readonly name: string;
  /** Starts it with fresh storage below `folder`. */
  start(folder: string): Promise<RunningSubject>;
}

export interface RunningSubject {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}
