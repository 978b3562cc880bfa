function textOf(body: unknown, name: string): string {
  const value = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value : "";
}

/** A refusal by the registry, in its own words (RFC 9457). */
export class RestProblem extends Error {
  readonly status: number;
  /** Of the error catalogue. */
  readonly code: string;
  readonly help: string;
  /** What the registry's log calls the request. */
  readonly request: string;

  constructor(status: number, body: unknown) {
    super(textOf(body, "detail") || textOf(body, "title") || `status ${status}`);
    this.name = "RestProblem";
    this.status = status;
    this.code = textOf(body, "code");
    this.help = textOf(body, "help");
    this.request = textOf(body, "request");
  }
}

/**
 * Why there is no answer: nobody listens or the connection broke; what came is not an answer of
 * ours; what was given cannot stand in a path.
 */
export class RestFault extends Error {
  readonly kind: "unreachable" | "unreadable" | "name";

  constructor(kind: RestFault["kind"], why: string, cause?: unknown) {
    super(why, cause === undefined ? undefined : { cause });
    this.name = "RestFault";
    this.kind = kind;
  }
}
