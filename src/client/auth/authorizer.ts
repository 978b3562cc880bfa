import { type Address, parseAddress, type TrustChoice } from "../address.ts";
import { collector, type LaneRequest } from "../lane.ts";
import { openLane } from "../open-lane.ts";
import { WireFault } from "../wire-fault.ts";
import { parseChallenges } from "./challenge.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A refresh token in their place: it counts at the token service alone. */
export interface IdentityToken {
  readonly identityToken: string;
}

interface Held {
  readonly header: string;
  /** Milliseconds of `performance.now`. */
  readonly until: number;
}

interface TokenService {
  readonly realm: Address;
  readonly path: string;
  readonly service: string | undefined;
}

const MAX_TOKEN_ANSWER = 1024 * 1024;
/** A token is renewed this long before it ends. */
const MARGIN_MS = 10_000;
/** What the Docker token flow assumes when the service does not say. */
const DEFAULT_SECONDS = 60;

/**
 * Finds out how a registry wants to be asked and keeps the headers for it: none, Basic, or a Bearer
 * token for each scope (the Docker token flow; by GET, and with an identity token by POST).
 */
export class Authorizer {
  readonly #address: Address;
  readonly #trust: TrustChoice;
  readonly #basic: string | undefined;
  readonly #identity: string | undefined;
  readonly #held = new Map<string, Held>();
  readonly #pending = new Map<string, Promise<string | undefined>>();
  #scheme: "unknown" | "none" | "basic" | "bearer" = "unknown";
  #tokens: TokenService | undefined;

  constructor(
    address: Address,
    credentials: Credentials | IdentityToken | undefined,
    trust: TrustChoice = {},
  ) {
    this.#address = address;
    this.#trust = trust;
    if (credentials !== undefined && "identityToken" in credentials) {
      this.#identity = credentials.identityToken;
    } else if (credentials !== undefined) {
      const pair = Buffer.from(`${credentials.username}:${credentials.password}`, "utf8");
      this.#basic = `Basic ${pair.toString("base64")}`;
    }
  }

  /** Whether `authorization` needs no round trip now, and so may be asked synchronously. */
  ready(scope: string): boolean {
    if (this.#scheme === "none" || this.#scheme === "basic") return true;
    const held = this.#held.get(scope);
    return held !== undefined && held.until > performance.now();
  }

  /** The Authorization header at hand for `scope`; ask only when `ready`. */
  at(scope: string): string | undefined {
    return this.#scheme === "basic" ? this.#basic : this.#held.get(scope)?.header;
  }

  /**
   * The Authorization header for `scope` (such as `repository:team/app:pull`; several are parted by
   * spaces, none is asked for by an empty text), fetched if need be.
   */
  async obtain(scope: string): Promise<string | undefined> {
    if (this.#scheme === "unknown") await this.#learn();
    if (this.ready(scope)) return this.at(scope);
    const running = this.#pending.get(scope);
    if (running !== undefined) return await running;
    const fetching = this.#fetchToken(scope).finally(() => this.#pending.delete(scope));
    this.#pending.set(scope, fetching);
    return await fetching;
  }

  /** The registry refused what it was given: the next `obtain` fetches anew. */
  forget(scope: string): void {
    this.#held.delete(scope);
  }

  /** `/v2/` tells the scheme by its 401. */
  async #learn(): Promise<void> {
    const lane = openLane(this.#address);
    try {
      const answer = await lane.exchange({ method: "GET", target: `${this.#address.prefix}/v2/` });
      if (answer.status !== 401) {
        this.#scheme = "none";
        return;
      }
      const challenges = parseChallenges(answer.header("www-authenticate") ?? "");
      const bearer = challenges.find((one) => one.scheme === "bearer")?.parameters;
      const realm = bearer?.get("realm");
      if (realm !== undefined) {
        const url = new URL(realm);
        if (url.protocol === "http:" && this.#address.socket.tls !== undefined) {
          throw new WireFault("token", "the registry sends credentials to a service without TLS");
        }
        this.#tokens = {
          realm: parseAddress(url.origin, this.#trust),
          path: url.pathname + url.search,
          service: bearer?.get("service"),
        };
        this.#scheme = "bearer";
      } else {
        this.#scheme = "basic";
      }
    } finally {
      lane.close();
    }
  }

  async #fetchToken(scope: string): Promise<string | undefined> {
    const tokens = this.#tokens;
    if (tokens === undefined) return undefined;
    const body = collector(MAX_TOKEN_ANSWER);
    const lane = openLane(tokens.realm);
    try {
      const answer = await lane.exchange({ ...this.#tokenRequest(tokens, scope), sink: body.sink });
      if (answer.status !== 200) {
        const asked = scope === "" ? "" : ` for ${scope}`;
        throw new WireFault("token", `the token service answered ${answer.status}${asked}`);
      }
      return this.#keep(scope, body.bytes());
    } finally {
      lane.close();
    }
  }

  #tokenRequest({ path, service }: TokenService, scope: string): LaneRequest {
    const scopes = scope.split(" ").filter((each) => each !== "");
    const fields = new URLSearchParams({ client_id: "entrepot" });
    if (service !== undefined) fields.set("service", service);
    if (this.#identity !== undefined) {
      fields.set("grant_type", "refresh_token");
      fields.set("refresh_token", this.#identity);
      if (scopes.length > 0) fields.set("scope", scopes.join(" "));
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      return { method: "POST", target: path, headers, body: [Buffer.from(`${fields}`, "utf8")] };
    }
    for (const each of scopes) fields.append("scope", each);
    return {
      method: "GET",
      target: `${path}${path.includes("?") ? "&" : "?"}${fields}`,
      headers: this.#basic === undefined ? {} : { Authorization: this.#basic },
    };
  }

  #keep(scope: string, body: Buffer): string {
    const answer: unknown = JSON.parse(body.toString("utf8"));
    const fields = (typeof answer === "object" ? answer : null) as Record<string, unknown> | null;
    const token = fields?.token ?? fields?.access_token;
    if (typeof token !== "string") {
      throw new WireFault("token", "the token service answered without a token");
    }
    const seconds = typeof fields?.expires_in === "number" ? fields.expires_in : DEFAULT_SECONDS;
    const header = `Bearer ${token}`;
    this.#held.set(scope, { header, until: performance.now() + seconds * 1_000 - MARGIN_MS });
    return header;
  }
}
