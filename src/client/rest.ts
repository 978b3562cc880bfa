import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { rootCertificates } from "node:tls";
import { buildInfo } from "../config/build-info.ts";
import type { Secret } from "../kernel/secret.ts";
import { type AnswerOf, type GivenTo, type OperationId, requestOf } from "./api/request.ts";
import { RestFault, RestProblem } from "./rest-fault.ts";

/** What proves who calls; undefined for nobody. */
export type RestCredential =
  | { readonly kind: "token"; readonly secret: Secret }
  | { readonly kind: "basic"; readonly name: string; readonly password: Secret };

export interface RestServer {
  /** `http(s)://host[:port][/prefix]`. */
  readonly url: URL;
  readonly credential: RestCredential | undefined;
  /** PEM certificates to trust besides the system's own. */
  readonly ca: string | undefined;
  /** The language that refusals are told in. */
  readonly language: "en" | "zh";
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RestRequest {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is changed must still have it (`If-Match`). */
  readonly version?: number | undefined;
}

/** JSON, or whatever else came; that throws while it is read when it is cut. */
export type RawAnswer =
  | { readonly isJson: true; readonly body: unknown }
  | { readonly isJson: false; readonly pieces: AsyncIterable<Uint8Array> };

/** Milliseconds without a byte after which a request has failed. */
const SILENCE = 60_000;
/** Bytes of an answer that is read as a whole. */
const MOST_BYTES = 64 * 2 ** 20;
const PAGE = 200;

/** Writes a path; what is put into it stays one segment, whatever it holds. Throws `RestFault`. */
export function path(texts: TemplateStringsArray, ...values: readonly string[]): string {
  const segments = values.map((value) => {
    // A server resolves these before it looks at the path, however they are spelt.
    if (/^\.{0,2}$/.test(value)) throw new RestFault("name", JSON.stringify(value));
    return encodeURIComponent(value);
  });
  return String.raw({ raw: texts }, ...segments);
}

function authorization(credential: RestCredential | undefined): string | undefined {
  if (credential === undefined) return undefined;
  if (credential.kind === "token") return `Bearer ${credential.secret.reveal()}`;
  const pair = `${credential.name}:${credential.password.reveal()}`;
  return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}

async function readWhole(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new RestFault("unreadable", `more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RestFault("unreadable", "not JSON", error);
  }
}

/** Speaks to `/api/v1` of a running registry. Follows no redirect: a credential goes nowhere else. */
export class RestClient {
  readonly #server: RestServer;

  constructor(server: RestServer) {
    this.#server = server;
  }

  /**
   * The answer's JSON, or undefined when there is none to give (204). Throws `RestProblem` for a
   * refusal and `RestFault` where no registry answers.
   */
  async call(method: Method, target: string, request: RestRequest = {}): Promise<unknown> {
    const response = await this.#open(method, target, request);
    const text = await this.#whole(response);
    return response.statusCode === 204 ? undefined : parseJson(text);
  }

  /**
   * Asks for an operation by its name; what it takes and gives is typed by the server's own
   * schemas. An answer is not checked here: a server of another version may say more.
   */
  async ask<Id extends OperationId>(id: Id, given: GivenTo<Id>): Promise<AnswerOf<Id>> {
    const { method, path: target, query, body } = requestOf(id, given);
    return (await this.call(method, target, { query, body })) as AnswerOf<Id>;
  }

  /** Every entry of a list, page after page. */
  async *list(target: string, query: Query = {}): AsyncGenerator<unknown> {
    let cursor: string | undefined;
    do {
      const page = await this.call("GET", target, { query: { limit: PAGE, ...query, cursor } });
      const { items, next } = page as { readonly items?: unknown; readonly next?: unknown };
      if (!Array.isArray(items)) throw new RestFault("unreadable", "no list");
      yield* items;
      // A page that names itself would be read for ever.
      if (next === cursor) return;
      cursor = typeof next === "string" ? next : undefined;
    } while (cursor !== undefined);
  }

  /** An answer of whatever kind, read as fast as it is taken. */
  async raw(method: Method, target: string, request: RestRequest = {}): Promise<RawAnswer> {
    const headers = { accept: "*/*", ...request.headers };
    const response = await this.#open(method, target, { ...request, headers });
    const type = response.headers["content-type"] ?? "";
    if (!/^application\/json(?:;|$)/i.test(type)) {
      return { isJson: false, pieces: this.#pieces(response) };
    }
    return { isJson: true, body: parseJson(await this.#whole(response)) };
  }

  /** An answer of any length, read as fast as it is taken. Throws while it is read when it is cut. */
  async *stream(
    target: string,
    query: Query = {},
    headers: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<Uint8Array> {
    yield* this.#pieces(await this.#open("GET", target, { query, headers }));
  }

  async *#pieces(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    try {
      yield* response as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw this.#unreachable(error);
    } finally {
      response.destroy();
    }
  }

  /** The answer to a request once its status says that it went well. */
  async #open(method: Method, target: string, request: RestRequest): Promise<IncomingMessage> {
    const response = await this.#send(method, target, request);
    const { statusCode: status = 0, headers } = response;
    if (status >= 200 && status < 300) return response;
    const isProblem = headers["content-type"]?.startsWith("application/problem+json") === true;
    if (!isProblem) {
      response.destroy();
      throw new RestFault("unreadable", `status ${status}`);
    }
    throw new RestProblem(status, parseJson(await this.#whole(response)));
  }

  async #whole(response: IncomingMessage): Promise<string> {
    try {
      return await readWhole(response);
    } catch (error) {
      throw error instanceof RestFault ? error : this.#unreachable(error);
    }
  }

  #send(method: Method, target: string, request: RestRequest): Promise<IncomingMessage> {
    const { query, body, version, headers: more } = request;
    const { url: base, credential, ca, language } = this.#server;
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/+$/, "")}/api/v1${target}`;
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string | number> = {
      accept: "application/json",
      "accept-language": language === "zh" ? "zh-CN" : "en",
      "user-agent": `entrepot/${buildInfo.version}`,
      ...more,
    };
    const proof = authorization(credential);
    if (proof !== undefined) headers.authorization = proof;
    if (version !== undefined) headers["if-match"] = `"v${version}"`;
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body), "utf8");
    if (bytes !== undefined) {
      headers["content-type"] = "application/json";
      headers["content-length"] = bytes.byteLength;
    }
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(this.#unreachable(error));
      const options = { method, headers, timeout: SILENCE };
      const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
      const sent =
        url.protocol === "https:"
          ? httpsRequest(url, { ...options, ...trust }, resolve)
          : httpRequest(url, options, resolve);
      sent.on("timeout", () => sent.destroy(new Error(`no byte for ${SILENCE / 1_000} s`)));
      sent.on("error", fail);
      sent.end(bytes);
    });
  }

  #unreachable(error: unknown): RestFault {
    const why = error instanceof Error ? error.message : String(error);
    return new RestFault("unreachable", `${this.#server.url.origin}: ${why}`, error);
  }
}
