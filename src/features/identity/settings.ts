import { DAY, HOUR, MINUTE, SECOND } from "../../kernel/clock.ts";

/** How failed logins of one kind of subject slow the next ones down. */
export interface ThrottleRule {
  /** Failures that cost nothing. */
  readonly free: number;
  /** The pause after the first failure beyond those (milliseconds); it doubles with each more. */
  readonly first: number;
  /** The longest pause. */
  readonly most: number;
  /** One failure is forgotten in this time. */
  readonly leak: number;
}

/** What operators can set; times are milliseconds. */
export interface IdentitySettings {
  readonly personalTokens: { readonly lifetime: number; readonly longest: number };
  readonly loginTokens: { readonly lifetime: number; readonly longest: number };
  readonly refreshTokens: { readonly lifetime: number };
  readonly robotOverlap: number;
  readonly throttle: {
    /** One account from one source. */
    readonly pair: ThrottleRule;
    /** One source, whatever the account. */
    readonly source: ThrottleRule;
    /** One account, from sources that never logged in to it. */
    readonly account: ThrottleRule;
  };
}

export const usualSettings: IdentitySettings = {
  personalTokens: { lifetime: 90 * DAY, longest: 366 * DAY },
  loginTokens: { lifetime: HOUR, longest: 12 * HOUR },
  refreshTokens: { lifetime: 30 * DAY },
  robotOverlap: HOUR,
  throttle: {
    pair: { free: 5, first: 2 * SECOND, most: 15 * MINUTE, leak: 15 * MINUTE },
    source: { free: 30, first: SECOND, most: 5 * MINUTE, leak: MINUTE },
    account: { free: 50, first: SECOND, most: 5 * MINUTE, leak: MINUTE },
  },
};
