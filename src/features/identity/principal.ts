/** Somebody or something that can hold rights. Ids are immutable; names are for people. */
export interface Principal {
  readonly id: string;
  readonly kind: "user" | "robot" | "anonymous";
  readonly name: string;
  readonly administrator: boolean;
}

/** How a caller proved to be who they are. */
export type Via =
  /** They did not. */
  | "none"
  | "password"
  /** A personal access token. */
  | "personal"
  | "robot"
  /** A refresh ("identity") token. */
  | "refresh"
  /** A short-lived stand-in for a password (`entrepot login-password`). */
  | "login"
  /** A token of an outside issuer, exchanged by a trust rule. */
  | "workload"
  | "session";

/**
 * What a credential allows at most, whatever its principal may do: these actions ("*" for all) on
 * these repositories (globs over full names; `**` covers the installation).
 */
export interface Limit {
  readonly actions: readonly string[];
  readonly repositories: readonly string[];
}

/** Who asks, and how they showed it: what decisions are made about. */
export interface Actor {
  readonly principal: Principal;
  /** Ids of the live groups that the principal is in. */
  readonly groups: readonly string[];
  readonly via: Via;
  /** Id of the token or session; null for passwords and for nobody. */
  readonly credentialId: string | null;
  /** One of these must cover what is asked; null where the credential sets no limit. */
  readonly limits: readonly Limit[] | null;
  /** Whether a second factor was shown with this credential. */
  readonly secondFactor: boolean;
  /** When a factor was last shown by a person at the console (milliseconds), for step-up. */
  readonly confirmedAt: number | null;
  /** The client's address behind the trusted proxies; null on a unix socket. */
  readonly address: string | null;
  /** Claims of the provider or outside issuer, for conditions. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const nobody: Principal = {
  id: "anonymous",
  kind: "anonymous",
  name: "anonymous",
  administrator: false,
};

/** Everybody, where the operator has switched authentication off (`--insecure-no-auth`). */
const all: Principal = {
  id: "everybody",
  kind: "anonymous",
  name: "everybody",
  administrator: true,
};

function without(principal: Principal, address: string | null): Actor {
  return {
    principal,
    groups: [],
    via: "none",
    credentialId: null,
    limits: null,
    secondFactor: false,
    confirmedAt: null,
    address,
    claims: {},
  };
}

/** Whoever shows no credentials. */
export function anonymousAt(address: string | null): Actor {
  return without(nobody, address);
}

/** Whoever comes, where the operator has switched authentication off. */
export function everybodyAt(address: string | null): Actor {
  return without(all, address);
}
