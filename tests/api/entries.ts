import { Browser } from "../support/browser.ts";
import { basic } from "../support/http-client.ts";

/** Whose credential it is, as far as an entry has to be told. */
export interface Owner {
  readonly name: string;
  /** A live session of somebody, for the entry that wants one beside. */
  readonly cookie: string;
}

/** What came of showing a credential. */
export interface Outcome {
  readonly passed: boolean;
  readonly status: number;
  /** All that was told, but for what differs each time. */
  readonly told: string;
}

let sources = 0;

/** An address that nobody came from yet: failures of one must not slow the next ones down. */
export function freshSource(): string {
  sources += 1;
  return `198.18.${sources >> 8}.${sources & 255}`;
}

const VARYING = new Set(["date", "x-request-id", "content-length"]);

async function outcomeOf(response: Response, { name }: Owner): Promise<Outcome> {
  const { status, headers } = response;
  const body = await response.text();
  const told = [...headers].filter(([header]) => !VARYING.has(header)).sort();
  const text = JSON.stringify([status, told, body])
    .replaceAll(headers.get("x-request-id") ?? "\0", "REQUEST")
    .replaceAll(name, "NAME");
  return { passed: status < 300, status, told: text };
}

type Show = (url: string, secret: string, owner: Owner) => [string, RequestInit];

function form(url: string, fields: Readonly<Record<string, string>>): [string, RequestInit] {
  return [`${url}/token`, { method: "POST", body: new URLSearchParams(fields) }];
}

function json(url: string, body: unknown): [string, RequestInit] {
  const headers = { "content-type": "application/json" };
  return [url, { method: "POST", headers, body: JSON.stringify(body) }];
}

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT = "urn:ietf:params:oauth:token-type:jwt";

/** Every way to show a credential (A37, A38, A40). */
const ENTRIES = {
  "/v2/ Basic": (url, password, { name }) => [
    `${url}/v2/`,
    { headers: { authorization: basic({ name, password }) } },
  ],
  "/v2/ Bearer": (url, secret) => [
    `${url}/v2/`,
    { headers: { authorization: `Bearer ${secret}` } },
  ],
  "GET /token": (url, password, { name }) => [
    `${url}/token?service=x`,
    { headers: { authorization: basic({ name, password }) } },
  ],
  "password grant": (url, password, { name }) =>
    form(url, { grant_type: "password", username: name, password }),
  "refresh grant": (url, secret) =>
    form(url, { grant_type: "refresh_token", refresh_token: secret, service: "x" }),
  "token exchange": (url, secret) =>
    form(url, { grant_type: EXCHANGE, subject_token: secret, subject_token_type: JWT }),
  "/api Basic": (url, password, { name }) => [
    `${url}/api/v1/me`,
    { headers: { authorization: basic({ name, password }) } },
  ],
  "/api Bearer": (url, secret) => [
    `${url}/api/v1/me`,
    { headers: { authorization: `Bearer ${secret}` } },
  ],
  cookie: (url, secret) => [
    `${url}/api/v1/me`,
    { headers: { cookie: `entrepot_session=${encodeURIComponent(secret)}` } },
  ],
  "CSRF header": (url, secret, { cookie }) => [
    `${url}/api/v1/me`,
    {
      method: "PATCH",
      headers: {
        cookie: `entrepot_session=${cookie}`,
        origin: url,
        "content-type": "application/json",
        "x-csrf-token": encodeURIComponent(secret),
      },
      body: "{}",
    },
  ],
  "sign-in": (url, password, { name }) => json(`${url}/api/v1/auth/login`, { name, password }),
  "workload exchange": (url, token) => json(`${url}/api/v1/workload/exchange`, { token }),
} as const satisfies Readonly<Record<string, Show>>;

export type Entry = keyof typeof ENTRIES;

export const entries = Object.keys(ENTRIES) as Entry[];

/** Shows a credential at an entry, as a proxy says it came from `source`. */
export async function showFrom(
  source: string,
  entry: Entry,
  url: string,
  secret: string,
  owner: Owner,
): Promise<Outcome> {
  const [target, { headers, ...init }]: [string, RequestInit] = ENTRIES[entry](url, secret, owner);
  const all = new Headers(headers);
  all.set("x-forwarded-for", source);
  return outcomeOf(await fetch(target, { ...init, headers: all, redirect: "manual" }), owner);
}

/** Shows a credential at an entry, from an address of its own. */
export function show(entry: Entry, url: string, secret: string, owner: Owner): Promise<Outcome> {
  return showFrom(freshSource(), entry, url, secret, owner);
}

/** Signs in with a password, from an address of its own. */
export async function signIn(url: string, name: string, password: string): Promise<Browser> {
  const browser = new Browser(url);
  const source = { "x-forwarded-for": freshSource() };
  const { status } = await browser.ask("POST", "/auth/login", { name, password }, source);
  if (status !== 200) throw new Error(`${name} could not sign in: ${status}`);
  return browser;
}
