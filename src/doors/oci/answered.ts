import type { Connection } from "../../platform/listen/handler.ts";
import type { AnsweredRequest } from "../../platform/telemetry/telemetry.ts";
import type { Exchange } from "./exchange.ts";

/** The class of requests that name nothing of this door. */
const OTHER = "other";

/** The classes that requests of this door are counted by. */
export const ociRoutes: readonly string[] = [
  "ping",
  "catalog",
  "tags",
  "manifest",
  "blob",
  "referrers",
  "uploads",
  "upload",
  OTHER,
];

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
  exchange: Exchange | undefined;
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
    return this.exchange?.route.kind ?? OTHER;
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
