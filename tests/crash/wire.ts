import { createHash } from "node:crypto";
import { authorization, type Registry } from "../clients/harness.ts";

/** What a request came to. Status 0: the connection broke before the whole answer was there. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

const LOST: Answer = { status: 0, headers: new Headers(), body: new Uint8Array() };
/** No answer within this time counts as a broken connection. */
const PATIENCE = 30_000;

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The plainest client there is: it sends what it is told and reports what came back. */
export class Wire {
  readonly #registry: Registry;
  readonly #headers: Record<string, string>;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#headers = authorization(registry.credentials);
  }

  /** `target` is a path below `/v2/`, or a location that the registry gave. */
  async send(method: string, target: string, sent: Sent = {}): Promise<Answer> {
    try {
      const response = await fetch(new URL(target, `${this.#registry.url}/v2/`), {
        method,
        redirect: "manual",
        headers: { ...this.#headers, ...sent.headers },
        ...(sent.body === undefined ? {} : { body: sent.body }),
        ...(this.#registry.ca ? { tls: { ca: this.#registry.ca } } : {}),
        signal: AbortSignal.timeout(PATIENCE),
      });
      const { status, headers } = response;
      try {
        return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
      } catch {
        // A write is acknowledged by its status line; half of a body that was asked for is nothing.
        return method === "GET" ? LOST : { status, headers, body: new Uint8Array() };
      }
    } catch {
      return LOST;
    }
  }
}

/** The location of an upload with its digest added, as clients do it. */
export function closing(location: string, digest: string): string {
  return `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
}
