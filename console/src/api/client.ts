/** A refusal of the server, in words for the reader. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly help: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(body: {
    readonly code?: string;
    readonly status?: number;
    readonly detail?: string;
    readonly help?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  }) {
    super(body.detail ?? "");
    this.name = "Problem";
    this.code = body.code ?? "unknown";
    this.status = body.status ?? 0;
    this.help = body.help ?? "";
    this.details = body.details ?? {};
  }
}

let csrfToken = "";
let language = "en";

/** Kept for the next request that changes something. */
export function rememberCsrf(token: string): void {
  csrfToken = token;
}

export function speak(tag: string): void {
  language = tag;
}

// The API asks whoever sends no cookie for a password by the Basic scheme; browsers would answer
// that with a box of their own, before the console could show its page.
// biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs HTTPS
document.cookie = "entrepot_console=1; Path=/api/v1; SameSite=Strict";

async function problemOf(response: Response): Promise<Problem> {
  try {
    return new Problem(await response.json());
  } catch {
    return new Problem({ status: response.status, code: "unknown" });
  }
}

export interface CallOptions {
  /** The version that the change must find; another one is refused (412). */
  readonly version?: number | undefined;
  /** Under which a create that is sent again is done once. */
  readonly key?: string | undefined;
}

async function send(
  method: string,
  path: string,
  body: unknown,
  { version, key }: CallOptions = {},
): Promise<Response> {
  const headers = new Headers({ accept: "application/json", "accept-language": language });
  if (version !== undefined) headers.set("if-match", `"v${version}"`);
  if (key !== undefined) headers.set("idempotency-key", key);
  if (method !== "GET") headers.set("x-csrf-token", csrfToken);
  if (body !== undefined) headers.set("content-type", "application/json");
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem({ code: "unreachable" });
  }
}

/** Whether there is another CSRF token now: the session was rotated, perhaps in another tab. */
async function hasNewCsrf(): Promise<boolean> {
  const response = await send("GET", "/session", undefined);
  if (!response.ok) return false;
  const before = csrfToken;
  csrfToken = (await response.json()).csrfToken;
  return csrfToken !== before;
}

/** Asks the REST API; gives the answer's JSON, or undefined where there is none. Throws `Problem`. */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  options?: CallOptions,
): Promise<T> {
  let response = await send(method, path, body, options);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code !== "api.cross_site" || !(await hasNewCsrf())) throw problem;
    response = await send(method, path, body, options);
    if (!response.ok) throw await problemOf(response);
  }
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}
