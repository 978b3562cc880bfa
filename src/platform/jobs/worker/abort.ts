/** Why a running job is told to end. */
export type AbortCause = "cancelled" | "stopping" | "lease lost";

/** The `reason` of a job's signal. */
export class JobAborted extends Error {
  readonly why: AbortCause;

  constructor(why: AbortCause) {
    super(`the job must end: ${why}`);
    this.name = "JobAborted";
    this.why = why;
  }
}
