/** A registry answered, but not with the status that the step needs. */
export class StatusFault extends Error {
  readonly status: number;

  constructor(method: string, target: string, status: number) {
    super(`${method} ${target} was answered with ${status}`);
    this.name = "StatusFault";
    this.status = status;
  }
}
