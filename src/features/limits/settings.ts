/** What of the configuration the limits go by. Times in milliseconds; null is no limit. */
export interface LimitSettings {
  /** Pulls of one principal in a window (`limits.pulls_per_principal`). */
  readonly perPrincipal: number | null;
  /** Pulls of one address without a login in a window (`limits.pulls_per_anonymous`). */
  readonly perAnonymous: number | null;
  readonly window: number;
  /** Names of the groups whose members pull without a limit. */
  readonly exemptGroups: readonly string[];
  readonly exemptRobots: boolean;
}
