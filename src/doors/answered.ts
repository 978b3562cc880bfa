import type { Connection } from "../platform/listen/handler.ts";
import type { AnsweredRequest } from "../platform/telemetry/telemetry.ts";

/** The class of requests that name nothing of their door. */
export const OTHER_ROUTE = "other";

/** What a door knows of a request once it has found what is asked for. */
export interface Handled {
  readonly route: { readonly kind: string };
  /** Bytes of the body that were read. */
  readonly bytesIn: number;
  readonly principal: { readonly name: string };
}

/**
 * What is told of a request once it was answered. Most of it is asked for only when requests are
 * logged, so it is worked out on being asked.
 */
export class Answered implements AnsweredRequest {
  readonly #request: Request;
  readonly #connection: Connection;
  readonly #newId: () => string;
  readonly #began = performance.now();
  #id: string | undefined;
  /** Left out while nothing was found that the request could be for. */
  exchange: Handled | undefined;
  status = 0;
  bytesOut = 0;
  milliseconds = 0;

  constructor(request: Request, connection: Connection, newId: () => string) {
    this.#request = request;
    this.#connection = connection;
    this.#newId = newId;
  }

  finish(response: Response): void {
    this.status = response.status;
    const length = this.#request.method === "HEAD" ? null : response.headers.get("content-length");
    this.bytesOut = length === null ? 0 : Number(length);
    this.milliseconds = performance.now() - this.#began;
  }

  get requestId(): string {
    this.#id ??= this.#newId();
    return this.#id;
  }

  get method(): string {
    return this.#request.method;
  }

  get route(): string {
    return this.exchange?.route.kind ?? OTHER_ROUTE;
  }

  get path(): string {
    return this.#connection.path;
  }

  get bytesIn(): number {
    return this.exchange?.bytesIn ?? 0;
  }

  get principal(): string | undefined {
    return this.exchange?.principal.name;
  }

  get address(): string | null {
    return this.#connection.peer.address;
  }

  get userAgent(): string | null {
    return this.#request.headers.get("user-agent");
  }
}
