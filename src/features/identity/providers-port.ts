import type { Presence } from "./presence.ts";

/** What a provider says of somebody who showed the right name and password. */
export interface Vouched {
  readonly principalId: string;
  /** The provider's name; an account's `origin` is the only one that can vouch for it. */
  readonly provider: string;
  /** What the provider knows of them, for conditions. */
  readonly claims: Record<string, unknown>;
}

/** One of the places, asked in the configured order, that know names and passwords. */
export interface PasswordProvider {
  /** As configured; `local` for our own accounts. */
  readonly name: string;
  /**
   * Vouches for name and password; undefined when it does not know the name or the password is not
   * right, which look alike, in time too (A40). Throws when it cannot tell: that is never "wrong".
   */
  check(name: string, password: string, presence: Presence): Promise<Vouched | undefined>;
  /**
   * Whether the account is still there and enabled at its origin; brings its groups up to date
   * (A39). Asked at most once in ten seconds for each principal, and at every refresh. Throws when it
   * cannot tell.
   */
  recheck?(principalId: string): Promise<boolean>;
}
