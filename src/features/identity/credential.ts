import type { Limit, Via } from "./principal.ts";

/** A credential that was checked elsewhere: a registry token, a session. */
export interface CheckedCredential {
  readonly principalId: string;
  readonly via: Via;
  /** Id of the token or session; null for a password. */
  readonly credentialId: string | null;
  /** The principal's generation when the credential was given. */
  readonly generation: number;
  readonly address: string | null;
  /** Narrower limits than the token's own; left out or null: the token's own. */
  readonly limits?: readonly Limit[] | null;
  readonly secondFactor?: boolean;
  readonly confirmedAt?: number | null;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What of an account other rooms decide from. */
export interface Standing {
  readonly generation: number;
  readonly mustChangePassword: boolean;
  /** Whether the account has a confirmed second factor. */
  readonly secondFactor: boolean;
  readonly origin: string;
}
