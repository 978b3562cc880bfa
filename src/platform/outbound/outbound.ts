import type { IncomingMessage } from "node:http";
import { rootCertificates } from "node:tls";
import { SECOND } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { allowance } from "./allowance.ts";
import { collect, ENCODINGS, readBody } from "./body.ts";
import { dial, faultOf, type Hop } from "./dial.ts";
import { OutboundFault } from "./fault.ts";
import type {
  Outbound,
  OutboundAnswer,
  OutboundHead,
  OutboundRequest,
  OutboundStream,
  ReadAnswer,
} from "./port.ts";
import { type ResolveHost, resolver, systemLookup } from "./resolver.ts";
import { parseTarget, redirected, type Target } from "./target.ts";

export interface OutboundOptions {
  /** Networks and hosts inside that may be called: entries of `outbound.allow`. */
  readonly allow: readonly string[];
  /** Milliseconds for a whole call, unless the call says otherwise. */
  readonly timeout?: number;
  /** Most bytes of an answer, unless the call says otherwise. */
  readonly maxBytes?: number;
  /** All addresses of a name; the system's resolver unless given. */
  readonly resolve?: ResolveHost;
  /** PEM certificates to trust besides the built-in ones. */
  readonly ca?: readonly string[];
}

const TIMEOUT = 10 * SECOND;
const CONNECT_TIMEOUT = 3 * SECOND;
const MOST_BYTES = 1_048_576;
const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What may follow a redirect to another origin: nothing in which a secret could be (A48). */
const HARMLESS: ReadonlySet<string> = new Set(["accept", "accept-encoding", "user-agent"]);

/** Makes the outbound client. Throws a TypeError for an entry of `allow` that cannot be read. */
export function openOutbound(options: OutboundOptions): Outbound {
  const resolve = resolver(allowance(options.allow), options.resolve ?? systemLookup);
  const ca = options.ca === undefined ? undefined : [...rootCertificates, ...options.ca];

  /** Follows redirects to the answer. `seen` is told of each host that only the operator opened. */
  async function follow(
    text: string,
    request: OutboundRequest,
    signal: AbortSignal,
    seen: () => void,
  ): Promise<{ response: IncomingMessage; target: Target }> {
    const { method = "GET", redirects = MOST_REDIRECTS } = request;
    const headers = { "user-agent": "entrepot", ...lowerCased(request.headers ?? {}) };
    let hop: Hop = {
      target: parseTarget(text),
      method,
      headers: { ...headers, "accept-encoding": ENCODINGS },
      body: request.body,
    };
    for (let left = redirects; ; left--) {
      const { addresses, opened } = await resolve(hop.target, request, signal);
      if (opened) seen();
      const response = await dial(hop, addresses, { signal, connectTimeout: CONNECT_TIMEOUT, ca });
      const { location } = response.headers;
      const isRedirect = REDIRECTS.has(response.statusCode ?? 0) && location !== undefined;
      if (!isRedirect || redirects === 0) return { response, target: hop.target };
      response.destroy();
      if (left === 0) throw new OutboundFault("redirect", "too many redirects");
      hop = next(hop, redirected(hop.target, location));
    }
  }

  async function call<T>(
    text: string,
    request: OutboundRequest,
    use: (response: IncomingMessage, target: Target, deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const deadline = new Deadline(request.timeout ?? options.timeout ?? TIMEOUT, request.signal);
    // Of a host inside that a user named, even how long it took to fail tells something (A47).
    let isTelling = false;
    const seen = () => {
      isTelling = request.internalAllowed !== true;
    };
    try {
      const { response, target } = await follow(text, request, deadline.signal, seen);
      return await use(response, target, deadline);
    } catch (error) {
      const fault = deadline.signal.aborted ? faultOf(deadline.signal.reason) : faultOf(error);
      if (isTelling) await deadline.over();
      deadline.clear();
      throw failure("outbound.unreachable", { host: hostOf(text) }, fault);
    }
  }

  async function read<T>(text: string, request: OutboundRequest, use: ReadAnswer<T>): Promise<T> {
    return await call(text, request, async (response, target, deadline) => {
      const maxBytes = request.maxBytes ?? options.maxBytes ?? MOST_BYTES;
      const hasBody = bodyComes(request, response);
      const bounds = { maxBytes, signal: deadline.signal };
      const body = await collect(readBody(response, hasBody, bounds));
      const value = await usedAnswer(use, { ...headOf(response, target), body });
      deadline.clear();
      return value;
    });
  }

  return {
    read,
    request: (text, request) => read(text, request, (answer) => answer),
    stream: (text, request) =>
      call(text, request, async (response, target, deadline): Promise<OutboundStream> => {
        const maxBytes = request.maxBytes ?? options.maxBytes ?? MOST_BYTES;
        const hasBody = bodyComes(request, response);
        const bounds = { maxBytes, signal: deadline.signal };
        const body = untilOver(readBody(response, hasBody, bounds), hostOf(text), deadline);
        return { ...headOf(response, target), body };
      }),
    async check(text, request) {
      const deadline = new Deadline(options.timeout ?? TIMEOUT, undefined);
      try {
        await resolve(parseTarget(text), request, deadline.signal);
      } catch (error) {
        const fault = faultOf(error);
        if (fault.reason === "url") throw failure("outbound.bad_url", {}, fault);
        throw failure("outbound.not_allowed", { host: hostOf(text) }, fault);
      } finally {
        deadline.clear();
      }
    },
  };
}

/** The end of a call's time, and of the caller's patience. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #at: number;
  readonly #caller: AbortSignal | undefined;
  readonly #cancel = () =>
    this.#controller.abort(new OutboundFault("cancelled", "the caller gave up"));

  constructor(milliseconds: number, caller: AbortSignal | undefined) {
    this.#at = performance.now() + milliseconds;
    this.#timer = setTimeout(
      () => this.#controller.abort(new OutboundFault("timeout", "the time is over")),
      milliseconds,
    );
    this.#caller = caller;
    caller?.addEventListener("abort", this.#cancel, { once: true });
    if (caller?.aborted === true) this.#cancel();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves when the time would have been over anyway, or the caller gave up. */
  async over(): Promise<void> {
    const left = this.#at - performance.now();
    if (left <= 0 || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#cancel);
  }
}

/** Turns what breaks in the middle of a body into the one failure, and ends the deadline. */
async function* untilOver(
  body: AsyncIterable<Uint8Array>,
  host: string,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failure("outbound.unreachable", { host }, error);
  } finally {
    deadline.clear();
  }
}

function next({ target, method, headers, body }: Hop, to: Target): Hop {
  // A body is never sent on: nobody meant it for that place.
  if (method !== "GET" && method !== "HEAD") {
    throw new OutboundFault("redirect", `a ${method} was redirected`);
  }
  const isSame = to.url.origin === target.url.origin;
  const kept = Object.entries(headers).filter(([name]) => isSame || HARMLESS.has(name));
  return { target: to, method, headers: Object.fromEntries(kept), body };
}

async function usedAnswer<T>(use: ReadAnswer<T>, answer: OutboundAnswer): Promise<T> {
  try {
    return await use(answer);
  } catch (error) {
    const words = error instanceof Error ? error.message : "the answer is of no use";
    throw new OutboundFault("answer", words, error);
  }
}

function headOf(response: IncomingMessage, target: Target): OutboundHead {
  const headers = new Headers();
  const raw = response.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] ?? "", raw[at + 1] ?? "");
  // They speak of the bytes on the wire, which the reader does not see.
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.delete("transfer-encoding");
  return { status: response.statusCode ?? 0, headers, url: target.url.href };
}

/** Whether an answer has a body at all (RFC 9112, section 6.3). */
function bodyComes(request: OutboundRequest, response: IncomingMessage): boolean {
  return request.method !== "HEAD" && response.statusCode !== 204 && response.statusCode !== 304;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** What may be said of a URL in public: its host, cut short. */
function hostOf(text: string): string {
  return URL.canParse(text) ? new URL(text).host.slice(0, 255) : "?";
}
