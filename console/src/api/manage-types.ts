import type { Token } from "./types.ts";

export type Words = { readonly en: string; readonly zh: string };
export type Standing = "active" | "disabled" | "deleted";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly description: string | null;
  readonly origin: string;
  readonly administrator: boolean;
  readonly mustChangePassword: boolean;
  readonly state: Standing;
  readonly createdAt: number;
  readonly lastLoginAt: number | null;
  readonly version: number;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: number;
  readonly version: number;
}

export interface GroupMember {
  readonly id: string;
  readonly name: string;
  readonly kind: "user" | "robot";
  readonly origins: readonly string[];
}

export interface GroupLink {
  readonly provider: string;
  readonly externalName: string;
}

export interface Provider {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

export interface ProviderReport {
  readonly ok: boolean;
  readonly steps: readonly {
    readonly step: string;
    readonly ok: boolean;
    readonly reason?: string;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly public: boolean;
  readonly networks: readonly string[] | null;
  readonly createdAt: number;
  readonly deletedAt: number | null;
  readonly version: number;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly title: Words;
  readonly description: Words | null;
  readonly builtIn: boolean;
  readonly projectId: string | null;
  readonly permissions: readonly string[];
  readonly secondFactor: boolean;
  readonly version: number;
}

export type SubjectKind = "principal" | "group" | "authenticated" | "everyone";

export interface Binding {
  readonly id: string;
  readonly subject: {
    readonly kind: SubjectKind;
    readonly id: string | null;
    readonly name: string | null;
  };
  readonly role: string;
  readonly roleName: string;
  readonly repositories: string | null;
  readonly tags: string | null;
  readonly condition: string | null;
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly version: number;
}

export interface Explanation {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly binding: string | null;
  readonly words: Words;
  readonly steps: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly words: Words;
  }[];
  readonly bindings: readonly {
    readonly id: string;
    readonly role: string;
    readonly subject: string;
    readonly scope: string;
    readonly outcome: string;
    readonly words: Words;
  }[];
}

export interface Robot {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string | null;
  readonly state: Standing;
  readonly createdAt: number;
  readonly lastLoginAt: number | null;
  readonly version: number;
}

/** A secret comes with the first answer only; null where the answer was given again. */
export type Told<T> = T & { readonly secret: string | null };

export type Secret = Token & { readonly state: "active" | "expired" | "revoked" };

export interface TrustRule {
  readonly id: string;
  readonly name: string;
  readonly robot: { readonly id: string; readonly name: string };
  readonly issuer: string;
  readonly jwksUrl: string | null;
  readonly audience: string;
  readonly subject: string;
  readonly condition: string | null;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly version: number;
}

export interface TrustTemplate {
  readonly id: string;
  readonly title: Words;
  readonly description: Words;
  readonly issuer: string;
  readonly jwksUrl: string | null;
  readonly audience: string;
  readonly subject: string;
  readonly condition: string | null;
  readonly blanks: readonly {
    readonly name: string;
    readonly title: Words;
    readonly example: string;
  }[];
  readonly claims: readonly { readonly name: string; readonly title: Words }[];
}

export interface AuditEntry {
  readonly id: string;
  readonly at: number;
  readonly actor: { readonly id: string; readonly kind: string; readonly name: string };
  readonly via: string;
  readonly address: string | null;
  readonly action: string;
  readonly object: {
    readonly kind: string;
    readonly id: string | null;
    readonly name: string | null;
  };
  readonly project: string | null;
  readonly result: "done" | "denied" | "failed";
  readonly reason: string | null;
  readonly details: unknown;
}

export interface AuditVerdict {
  readonly intact: boolean;
  readonly chains: number;
  readonly rows: number;
  readonly checkpoints: number;
  readonly findings: readonly (Words & { readonly kind: string })[];
  readonly more: number;
}
