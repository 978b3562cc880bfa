import type { Finished } from "../../src/features/identity/providers/oidc/login.ts";
import { type Idp, startIdp } from "../support/idp.ts";
import { type House, here, openHouse } from "./house.ts";

export const ORIGIN = "https://registry.example";
const CLIENT = { id: "entrepot", secret: "a-secret-of-the-client" };

/** Two identity providers, and what the registry's calls to them are answered. */
export interface Sso {
  readonly idp: Idp;
  readonly other: Idp;
  /** How answers are changed on their way, by a part of the URL. */
  readonly tampering: Map<string, (response: Response) => Promise<Response>>;
  /** The paths that were asked for. */
  readonly calls: string[];
  /** Options of a provider at `idp`, whose groups are at a dotted path. */
  corp(name?: string): Record<string, unknown>;
  /** Options of a public client at `other`, which tells its claims at the userinfo endpoint. */
  second(): Record<string, unknown>;
  open(entries: readonly unknown[]): Promise<House>;
  /** The only accounts are `u-1` at `idp`, and nothing is changed on its way. */
  reset(): void;
  account(id: string, claims: Record<string, unknown>, at?: Idp): void;
  close(): Promise<unknown>;
}

export function redirectUri(name: string): string {
  return `${ORIGIN}/auth/${name}/callback`;
}

export async function startSso(): Promise<Sso> {
  const redirectUris = ["corp", "strict", "lean", "moved"].map(redirectUri);
  const client = { ...CLIENT, redirectUris, postLogoutRedirectUris: [`${ORIGIN}/`] };
  const idp = await startIdp({ clients: [client] });
  const stranger = { id: "entrepot", redirectUris: [redirectUri("other")] };
  const other = await startIdp({ clients: [stranger], claimsInIdToken: false });
  const tampering: Sso["tampering"] = new Map();
  const calls: string[] = [];

  async function tampered(url: string, init: RequestInit): Promise<Response> {
    calls.push(new URL(url).pathname);
    const response = await fetch(url, init);
    for (const [part, change] of tampering) if (url.includes(part)) return change(response);
    return response;
  }

  const sso: Sso = {
    ...{ idp, other, tampering, calls },
    corp: (name = "corp") => ({
      ...{ type: "oidc", name, label: "Corp", issuer: idp.issuer },
      ...{ client_id: CLIENT.id, client_secret: CLIENT.secret },
      ...{ auto_provision: true, logout: true },
      scopes: ["openid", "profile", "email", "groups", "roles"],
      claims: { groups: "realm_access.roles" },
    }),
    second: () => ({
      ...{ type: "oidc", name: "other", issuer: other.issuer, client_id: "entrepot" },
      ...{ auto_provision: true, userinfo: true, scopes: ["openid", "profile", "groups"] },
      claims: { groups: "groups" },
    }),
    open: (entries) => openHouse(entries, { fetch: tampered }),
    reset() {
      tampering.clear();
      calls.length = 0;
      idp.accounts.clear();
      other.accounts.clear();
      const claims = { preferred_username: "Ann", name: "Ann Example", email: "ann@example.org" };
      sso.account("u-1", claims);
    },
    account: (id, claims, at = idp) => at.accounts.set(id, { id, claims }),
    close: () => Promise.all([idp.close(), other.close()]),
  };
  return sso;
}

/** Changes a JSON answer on its way. */
export function json(change: (body: Record<string, unknown>) => unknown) {
  return async (response: Response) =>
    Response.json(await change((await response.json()) as Record<string, unknown>));
}

/** A login up to the moment when the browser is back. */
export async function begin(house: House, name: string, at: Idp, who: string) {
  const login = house.providers.oidc(name);
  const { url, sealedState } = await login.begin({ origin: ORIGIN, returnTo: "/projects?a=1" });
  return { login, url: new URL(url), sealedState, back: await at.signIn(url, who) };
}

/** A whole login. */
export async function logIn(house: House, name: string, at: Idp, who: string): Promise<Finished> {
  const { login, back, sealedState } = await begin(house, name, at, who);
  return login.finish(back, sealedState, here);
}
