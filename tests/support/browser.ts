/** An answer of the REST API, with its JSON if it has any. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

/** A browser without a screen: it keeps cookies, names its origin, and sends the CSRF token it was given. */
export class Browser {
  readonly url: string;
  readonly cookies = new Map<string, string>();
  csrf: string | undefined;
  /** What it says of where its requests come from. */
  origin: string;

  constructor(url: string) {
    this.url = url;
    this.origin = new URL(url).origin;
  }

  /** `path` below `/api/v1`, or a whole URL. Follows no redirect. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RestAnswer> {
    const target = path.startsWith("http") ? path : `${this.url}/api/v1${path}`;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(target, {
      method,
      redirect: "manual",
      headers: {
        ...(cookie === "" ? {} : { cookie }),
        ...(method === "GET" ? {} : { origin: this.origin, "sec-fetch-site": "same-origin" }),
        ...(this.csrf === undefined || method === "GET" ? {} : { "x-csrf-token": this.csrf }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    const isJson = /\/(?:[\w.]+\+)?json/.test(response.headers.get("content-type") ?? "");
    const json = isJson && text !== "" ? JSON.parse(text) : undefined;
    if (typeof json?.csrfToken === "string") this.csrf = json.csrfToken;
    return { status: response.status, headers: response.headers, json };
  }

  get session(): string | undefined {
    return this.cookies.get("entrepot_session");
  }

  #keep(line: string): void {
    const [pair = "", ...flags] = line.split("; ");
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals);
    if (flags.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(equals + 1));
  }

  login(name: string, password: string): Promise<RestAnswer> {
    return this.ask("POST", "/auth/login", { name, password });
  }
}
