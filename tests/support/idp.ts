import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";
import Provider from "oidc-provider";

export interface IdpClient {
  readonly id: string;
  /** Unset for a public client. */
  readonly secret?: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
}

/** Somebody with an account at the identity provider; `id` becomes `sub`. */
export interface IdpAccount {
  readonly id: string;
  /** `name`, `email`, `groups`, `realm_access`, … */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface IdpOptions {
  readonly clients?: readonly IdpClient[];
  readonly accounts?: readonly IdpAccount[];
  /** False: the ID token says only `sub`, the rest is at the userinfo endpoint. */
  readonly claimsInIdToken?: boolean;
}

export type IdpAlgorithm = "ES256" | "RS256" | "EdDSA";

export interface MintOptions {
  readonly algorithm?: IdpAlgorithm;
  /** Over what the header would say by itself: `kid`, `typ`, `crit`, … */
  readonly header?: Partial<JWTHeaderParameters>;
  /** Milliseconds; the real time by default. */
  readonly now?: number;
  /** Seconds until `exp`. */
  readonly lifetime?: number;
}

export interface Idp {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly publicKeys: readonly JWK[];
  /** By id; change it to change what the next login or userinfo answer says. */
  readonly accounts: Map<string, IdpAccount>;
  /**
   * Any token, signed by one of the published keys (ES256 unless told). `iss`, `iat`, `nbf` and
   * `exp` are added unless `claims` has them; a claim that is `undefined` is left out.
   */
  mint(claims: Readonly<Record<string, unknown>>, options?: MintOptions): Promise<string>;
  /**
   * Goes through the login pages as `account`, from the URL that the relying party redirects to,
   * and gives the URL that the provider redirects back to, which it does not open.
   */
  signIn(authorizationUrl: string | URL, account: string): Promise<URL>;
  close(): Promise<void>;
}

const SCOPES = ["openid", "profile", "email", "groups", "roles", "offline_access"];
const MOST_REDIRECTS = 10;

interface Key {
  readonly algorithm: IdpAlgorithm;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(algorithm: IdpAlgorithm): Promise<Key> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const kid = `${algorithm.toLowerCase()}-${crypto.randomUUID()}`;
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: "sig" };
  return { algorithm, kid, privateKey, jwk };
}

function publicHalf({ d, p, q, dp, dq, qi, ...rest }: JWK): JWK {
  return rest;
}

function configuration(options: IdpOptions, keys: readonly Key[], idp: Pick<Idp, "accounts">) {
  return {
    clients: (options.clients ?? []).map((client) => ({
      client_id: client.id,
      ...(client.secret === undefined
        ? { token_endpoint_auth_method: "none" }
        : { client_secret: client.secret }),
      redirect_uris: client.redirectUris,
      post_logout_redirect_uris: client.postLogoutRedirectUris ?? [],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    })),
    jwks: { keys: keys.map((key) => key.jwk) },
    scopes: SCOPES,
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username", "nickname", "locale"],
      email: ["email", "email_verified"],
      groups: ["groups"],
      roles: ["realm_access", "resource_access", "roles"],
    },
    conformIdTokenClaims: options.claimsInIdToken === false,
    pkce: { required: () => true },
    cookies: { keys: [crypto.randomUUID()] },
    ttl: { AccessToken: 600, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount(_: unknown, id: string) {
      const account = idp.accounts.get(id);
      if (account === undefined) return undefined;
      const claims = () => ({ ...idp.accounts.get(id)?.claims, sub: id });
      return { accountId: id, claims };
    },
    // Everybody has consented to everything.
    async loadExistingGrant(ctx: {
      oidc: {
        provider: Provider;
        session: { accountId: string };
        client: { clientId: string };
      };
    }) {
      const { provider, session, client } = ctx.oidc;
      const grant = new provider.Grant({
        accountId: session.accountId,
        clientId: client.clientId,
      });
      grant.addOIDCScope(SCOPES.join(" "));
      await grant.save();
      return grant;
    },
  };
}

const page = `<!doctype html><html lang="en"><title>Sign in at the identity provider</title>
<form method="post"><label>Account <input name="account" required></label>
<button>Sign in</button></form></html>`;

/** The one page of the login: a form that asks which account it is. */
async function interact(provider: Provider, req: IncomingMessage, res: ServerResponse) {
  if (req.method !== "POST") {
    res.setHeader("content-type", "text/html; charset=utf-8").end(page);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const accountId = new URLSearchParams(Buffer.concat(chunks).toString()).get("account");
  await provider.interactionFinished(req, res, { login: { accountId } });
}

/** Keeps what one origin's answers set, as a browser does. */
class CookieJar {
  readonly #cookies = new Map<string, string>();

  take(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ""] = line.split(";", 1);
      const at = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

async function signIn(issuer: string, start: string | URL, account: string): Promise<URL> {
  const jar = new CookieJar();
  let at = new URL(start);
  for (let hop = 0; hop < MOST_REDIRECTS; hop++) {
    if (at.origin !== issuer) return at;
    const asked = at.pathname.startsWith("/interaction/");
    const response = await fetch(at, {
      redirect: "manual",
      headers: { cookie: jar.header },
      ...(asked ? { method: "POST", body: new URLSearchParams({ account }) } : {}),
    });
    jar.take(response.headers);
    const location = response.headers.get("location");
    if (location === null) {
      throw new Error(
        `the identity provider answered ${response.status}: ${await response.text()}`,
      );
    }
    await response.body?.cancel();
    at = new URL(location, at);
  }
  throw new Error("the identity provider redirects without end");
}

/** A certified OpenID provider on a port of its own on 127.0.0.1, over plain HTTP. */
export async function startIdp(options: IdpOptions = {}): Promise<Idp> {
  const keys = await Promise.all((["ES256", "RS256", "EdDSA"] as const).map(makeKey));
  const accounts = new Map((options.accounts ?? []).map((account) => [account.id, account]));
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration(options, keys, { accounts }));
  const answer = provider.callback();
  server.on("request", (req, res) => {
    if (req.url?.startsWith("/interaction/")) void interact(provider, req, res);
    else answer(req, res);
  });

  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    publicKeys: keys.map((key) => publicHalf(key.jwk)),
    accounts,
    async mint(claims, { algorithm = "ES256", header, now = Date.now(), lifetime = 300 } = {}) {
      const key = keys.find((one) => one.algorithm === algorithm);
      if (key === undefined) throw new Error(`no key for ${algorithm}`);
      const iat = Math.floor(now / 1000);
      const all = { iss: issuer, iat, nbf: iat, exp: iat + lifetime, ...claims };
      const payload = Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined));
      return new SignJWT(payload)
        .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: "JWT", ...header })
        .sign(key.privateKey);
    },
    signIn: (url, account) => signIn(issuer, url, account),
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
