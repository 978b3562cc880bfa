/** Why a workload's token was refused. Told in the audit log and nowhere else. */
export type Refusal =
  /** No signed JWT, or one beyond all sizes. */
  | "malformed"
  /** Not signed, or in a way that is not taken. */
  | "algorithm"
  /** Its header asks for something that is not given, such as to believe a key inside it. */
  | "header"
  /** No live rule is for this issuer (and the robot or rule that was named). */
  | "no_rule"
  | "audience"
  | "subject"
  | "key_unknown"
  /** The issuer's keys could not be had. Why, is in the server's log alone (A47). */
  | "keys_unavailable"
  | "signature"
  | "expired"
  | "not_yet"
  | "too_old"
  | "claims_missing"
  | "condition"
  /** Rules for several robots fit, and none was named. */
  | "ambiguous"
  /** The robot went, or was disabled, meanwhile. */
  | "robot";

/** How far a token came, so that of several rules the nearest one is told of. */
const NEARNESS: readonly Refusal[] = [
  "no_rule",
  "audience",
  "subject",
  "keys_unavailable",
  "key_unknown",
  "signature",
  "claims_missing",
  "expired",
  "not_yet",
  "too_old",
  "condition",
  "ambiguous",
  "robot",
];

export function isNearer(one: Refusal, than: Refusal): boolean {
  return NEARNESS.indexOf(one) > NEARNESS.indexOf(than);
}
