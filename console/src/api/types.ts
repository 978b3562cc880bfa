export type SessionStateName = "active" | "owes-factor" | "owes-enrolment" | "owes-password";

export interface SessionState {
  readonly state: SessionStateName;
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly displayName: string | null;
    readonly administrator: boolean;
  };
  readonly factors: {
    readonly totp: boolean;
    readonly passkeys: number;
    readonly recoveryCodesLeft: number;
  };
  /** What can be shown to confirm that it is still the same person. */
  readonly methods: readonly string[];
  /** Who vouched for the login. */
  readonly provider: string;
  readonly csrfToken: string;
  readonly expiresAt: number;
  readonly secondFactor: boolean;
  readonly confirmedAt: number;
}

export interface LoginProvider {
  readonly name: string;
  readonly label: string;
  readonly type: "local" | "htpasswd" | "ldap" | "oidc";
}

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly administrator: boolean;
  readonly origin: string;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
}

export interface Factor {
  readonly id: string;
  readonly kind: "totp" | "passkey";
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

export interface Factors {
  readonly items: readonly Factor[];
  readonly recoveryCodesLeft: number;
}

/** After a factor was added: codes come with the first one. */
export interface Enrolled {
  readonly recoveryCodes: readonly string[] | null;
}

/** An authenticator app's key, shown once. */
export interface TotpOffer {
  readonly id: string;
  readonly secret: string;
  readonly uri: string;
}

export interface Limit {
  readonly actions: readonly string[];
  readonly repositories: readonly string[];
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly limits: readonly Limit[] | null;
  readonly addresses: readonly string[] | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly lastUsedAddress: string | null;
}

export interface NewToken extends Token {
  readonly secret: string;
}

export interface Session {
  readonly id: string;
  readonly current: boolean;
  readonly provider: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
