import { MINUTE } from "../../../kernel/clock.ts";

/**
 * What a session can be used for: `active` for everything, the others only for what they owe, in
 * this order: a factor before the password, or a stolen password could replace itself.
 */
export type SessionState = "active" | "owes-factor" | "owes-password" | "owes-enrolment";

export interface Owing {
  /** Confirmed factors of the principal: codes and passkeys. */
  readonly factors: number;
  /** Whether this session has shown one. */
  readonly secondFactor: boolean;
  readonly mustChangePassword: boolean;
  /** Whether a role requires a second factor. */
  readonly mustHaveFactor: boolean;
}

export function stateOf(owing: Owing): SessionState {
  if (owing.factors > 0 && !owing.secondFactor) return "owes-factor";
  if (owing.mustChangePassword) return "owes-password";
  if (owing.factors === 0 && owing.mustHaveFactor) return "owes-enrolment";
  return "active";
}

export interface Lifetimes {
  /** Without a request for so long, a session ends (milliseconds). */
  readonly idle: number;
  /** However busy, it ends after so long (milliseconds). */
  readonly most: number;
}

/** `last_seen_at` is written at most this often. */
export const SEEN_EVERY = MINUTE;

export interface Times {
  readonly lastSeenAt: number;
  readonly expiresAt: number;
}

/** Whether a session that nobody ended is still alive at `now`. */
export function isAlive({ lastSeenAt, expiresAt }: Times, { idle }: Lifetimes, now: number) {
  return now < expiresAt && now < lastSeenAt + idle;
}

/** A user agent as it is kept: cut, and free of what would forge lines or that PostgreSQL refuses. */
export function keptUserAgent(text: string | null): string | null {
  if (text === null) return null;
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ").slice(0, 256);
}
