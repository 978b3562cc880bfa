import type { Credentials } from "./accounts.ts";
import { Answer } from "./answer.ts";

export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

export interface Sent {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Body | undefined;
  readonly signal?: AbortSignal;
}

/** The `Authorization` of the Basic scheme, in UTF-8. */
export function basic({ name, password }: Credentials): string {
  return `Basic ${Buffer.from(`${name}:${password}`, "utf8").toString("base64")}`;
}

/** Sends what it is told, follows nothing, inflates nothing. */
export class HttpClient {
  readonly url: string;
  readonly #credentials: Credentials | undefined;

  constructor(url: string, credentials?: Credentials) {
    this.url = url;
    this.#credentials = credentials;
  }

  get authorization(): string | undefined {
    return this.#credentials === undefined ? undefined : basic(this.#credentials);
  }

  /** `GET /v2/`, with a path or a location that the registry gave. */
  async send(
    method: string,
    target: string,
    { headers, body, signal }: Sent = {},
  ): Promise<Answer> {
    const { authorization } = this;
    const response = await fetch(new URL(target, this.url), {
      method,
      redirect: "manual",
      decompress: false,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return new Answer(response.status, response.headers, bytes);
  }

  get(target: string, headers?: Sent["headers"]): Promise<Answer> {
    return this.send("GET", target, { headers });
  }

  head(target: string, headers?: Sent["headers"]): Promise<Answer> {
    return this.send("HEAD", target, { headers });
  }

  post(target: string, sent?: Sent): Promise<Answer> {
    return this.send("POST", target, sent);
  }

  put(target: string, sent?: Sent): Promise<Answer> {
    return this.send("PUT", target, sent);
  }

  patch(target: string, sent?: Sent): Promise<Answer> {
    return this.send("PATCH", target, sent);
  }

  delete(target: string): Promise<Answer> {
    return this.send("DELETE", target);
  }
}

/** A body whose length nobody announces: it goes out chunked. */
export function chunked(...pieces: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) {
        controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
      }
      controller.close();
    },
  });
}
