import type { Acting } from "../../access/acting.ts";
import type { Page, PageAsk } from "../../identity/page.ts";

/** Whose tokens are believed, and what their bearers become. Times are milliseconds. */
export interface TrustRule {
  readonly id: string;
  readonly name: string;
  /** Null for a rule of the system. */
  readonly projectId: string | null;
  /** The robot that the bearer becomes. */
  readonly robot: { readonly id: string; readonly name: string };
  /** Exactly as `iss` has it; `spiffe://<trust domain>` for JWT-SVIDs, which may have none. */
  readonly issuer: string;
  /** Where the keys are; null: the issuer's discovery document tells. */
  readonly jwksUrl: string | null;
  readonly audience: string;
  /** A glob over `sub`. */
  readonly subject: string;
  /** CEL over `claims`, or null. */
  readonly condition: string | null;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** Counts changes: the entity tag. */
  readonly version: number;
}

export interface TrustTerms {
  readonly name: string;
  readonly issuer: string;
  readonly jwksUrl?: string | null;
  readonly audience: string;
  readonly subject: string;
  readonly condition?: string | null;
}

export interface NewTrustRule extends TrustTerms {
  readonly robotId: string;
}

/** All that an update can change (A30): not the robot; what is left out stays. */
export type TrustRuleChange = Partial<TrustTerms> & { readonly enabled?: boolean };

/** The project that rules belong to, as it was loaded; null for the system. */
export type TrustScope = { readonly id: string; readonly name: string } | null;

/**
 * Trust rules of projects and of the system. Whoever makes a rule hands out what its robot may, so
 * they need `trust:write` and `robot:write` there (A31); both are checked here. A rule of another
 * scope is `trust.unknown` (A27). Each change is recorded before it is answered.
 */
export interface TrustRules {
  /**
   * Throws `trust.field_invalid`, `trust.issuer_invalid`, `trust.subject_open`,
   * `trust.robot_unknown`, `trust.too_many`, `glob.invalid`, `condition.*`, `outbound.bad_url`,
   * `outbound.not_allowed`, `access.more_than_held`.
   */
  create(by: Acting, scope: TrustScope, input: NewTrustRule): Promise<TrustRule>;
  /** With `version`: throws `rights.changed` when the rule is at another. */
  update(
    by: Acting,
    scope: TrustScope,
    id: string,
    change: TrustRuleChange,
    version?: number,
  ): Promise<TrustRule>;
  delete(by: Acting, scope: TrustScope, id: string, version?: number): Promise<void>;
  get(scope: TrustScope, id: string): Promise<TrustRule>;
  list(scope: TrustScope, ask: PageAsk): Promise<Page<TrustRule>>;
}
