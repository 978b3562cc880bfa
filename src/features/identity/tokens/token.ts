import type { TokenKind } from "../../../platform/database/schema/identity.ts";
import type { Doer } from "../../audit/entry.ts";
import type { Page, PageAsk } from "../page.ts";
import type { Presence } from "../presence.ts";
import type { Actor, Limit } from "../principal.ts";

/** A token as it may be shown: everything but its secret. Times are milliseconds. */
export interface Token {
  readonly id: string;
  readonly kind: TokenKind;
  readonly principalId: string;
  readonly name: string;
  /** One of these must cover what is asked; null for whatever the principal may. */
  readonly limits: readonly Limit[] | null;
  /** Networks from which it counts; null for everywhere. */
  readonly addresses: readonly string[] | null;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The token that it was got with, and without which it is dead. */
  readonly parentId: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** To the minute. */
  readonly lastUsedAt: number | null;
  readonly lastUsedAddress: string | null;
  readonly revokedAt: number | null;
  readonly state: "active" | "expired" | "revoked";
}

/** A token and its secret, which is told this once and kept nowhere (A66). */
export interface IssuedToken {
  readonly token: Token;
  readonly secret: string;
}

/** What comes from outside is `unknown` and checked here. */
export interface NewPersonalToken {
  readonly name: string;
  /** A list of `Limit`, or null for none. */
  readonly limits?: unknown;
  /** A list of addresses and networks, or null for everywhere. */
  readonly addresses?: unknown;
  /** Milliseconds from now; left out: the configured default. */
  readonly lifetime?: number;
}

export interface NewWorkloadToken {
  readonly kind: "workload";
  readonly principalId: string;
  /** Such as the name of the trust rule. */
  readonly name: string;
  /** Milliseconds from now, at most 12 hours. */
  readonly lifetime: number;
  readonly limits: readonly Limit[] | null;
  readonly addresses?: readonly string[] | null;
  /** Claims of the outside token, for conditions. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface TokenQuery extends PageAsk {
  readonly principalId: string;
  readonly kinds?: readonly TokenKind[];
  /** Expired and revoked ones too, until they are purged. */
  readonly ended?: boolean;
}

/** Secrets of machines. Who may make or see whose is decided by the caller. */
export interface Tokens {
  /**
   * A personal token of the user who asks. It cannot allow more than the credential it is made
   * with, and dies with that one if it is a token (A31). Throws `identity.limits_wider`,
   * `identity.limits_invalid`, `identity.networks_invalid`, `identity.lifetime_invalid`,
   * `identity.maker_refused`.
   */
  createPersonal(maker: Actor, requestId: string, input: NewPersonalToken): Promise<IssuedToken>;
  /** A short stand-in for a password, with the limits of the credential it is made with. */
  createLogin(
    maker: Actor,
    requestId: string,
    input?: { readonly lifetime?: number },
  ): Promise<IssuedToken>;
  /** A token for a workload that showed an outside token; `by` is whom the log names. */
  issue(by: Doer, input: NewWorkloadToken): Promise<IssuedToken>;
  /**
   * A refresh ("identity") token for whoever just logged in. It is reusable, ends 30 days after it
   * was made however often it is used, and is dead as soon as the credential behind it is.
   * `client` is the client's own name, such as `docker`.
   */
  issueRefresh(actor: Actor, requestId: string | null, client: string): Promise<IssuedToken>;
  /**
   * The refresh grant, the one place where a refresh token counts (A37): who is behind it now.
   * Throws `access.bad_credentials` alike for every reason, `access.throttled`.
   */
  refresh(secret: string, presence: Presence): Promise<Actor>;
  /** Throws `identity.unknown`. */
  get(id: string): Promise<Token>;
  list(query: TokenQuery): Promise<Page<Token>>;
  /** Ends it at once; one that had ended stays as it is. Throws `identity.unknown`. */
  revoke(by: Doer, id: string): Promise<Token>;
}
