import type { Clock } from "../../../kernel/clock.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { Secret } from "../../../kernel/secret.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import type { Doer } from "../../audit/entry.ts";
import type { AuditPort } from "../audit-port.ts";
import type { Presence } from "../presence.ts";
import { isAlive, keptUserAgent, type Lifetimes, SEEN_EVERY, stateOf } from "./rules.ts";
import { csrfToken, looksLikeSession, newSessionSecret, sessionVerifier } from "./secret.ts";
import {
  doerOfSession,
  type Opened,
  type RevisionPort,
  type Session,
  type SessionView,
} from "./session.ts";
import { endSession, endSessions } from "./store/end.ts";
import { sessionReads } from "./store/read.ts";
import { type NewSession, openSession, rotateSession, touchSession } from "./store/write.ts";

export interface SessionParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly revision: RevisionPort;
  readonly audit: AuditPort;
  readonly lifetimes: Lifetimes;
  /** Whether a role of theirs requires a second factor. */
  mustHaveFactor(principalId: string): Promise<boolean> | boolean;
}

/** Somebody whom a provider has just vouched for. */
export interface OpenSession {
  readonly principalId: string;
  readonly principalName: string;
  readonly provider: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the provider itself is known to have asked for a second factor; else null. */
  readonly secondFactorAt: number | null;
  /**
   * Whether the person has shown just now who they are: not where a provider let them through that
   * knew them already. Left out: they have.
   */
  readonly isConfirmed?: boolean;
  /** The session cookie that the browser showed, if any: that session ends (fixation, A44). */
  readonly replaces?: string | undefined;
}

export interface Sessions {
  /** Opens a session under a cookie of its own making. Throws `access.bad_credentials`. */
  open(of: OpenSession, presence: Presence): Promise<Opened>;
  /**
   * The session of a cookie, or undefined: unknown, ended, expired, of an older generation, or of
   * somebody disabled. Look at `state` before anything else: only `active` ones may act.
   */
  find(cookie: string, presence: Presence): Promise<Session | undefined>;
  /** Throws `session.factor_needed` and its like unless the session is `active`. */
  requireActive(session: Session): void;
  /**
   * Another cookie for the same session; the old one is dead. After the session's own principal
   * changed the password say `afterPassword`: it alone follows into the new generation.
   * Throws `session.ended`.
   */
  rotate(
    session: Session,
    presence: Presence,
    options?: { afterPassword?: boolean },
  ): Promise<Opened>;
  /** Ends one of the principal's sessions. Throws `session.unknown`. */
  end(doer: Doer, principalId: string, id: string): Promise<void>;
  /** Ends all of them but `except`; gives how many. */
  endAll(doer: Doer, principalId: string, except?: string): Promise<number>;
  /** The live ones, newest first, 200 at most. */
  list(principalId: string): Promise<SessionView[]>;
  /** The CSRF token of a session, for `csrfMatches`; another one after each rotation. */
  csrfToken(cookie: string): string;
}

/** What a new session's row is made of. */
export function newSession(
  { clock, lifetimes }: Pick<SessionParts, "clock" | "lifetimes">,
  of: Omit<OpenSession, "principalName">,
  presence: Presence,
): { secret: string; row: NewSession } {
  const now = clock.now();
  const secret = newSessionSecret();
  const { replaces } = of;
  const row = {
    id: newId(now),
    verifier: sessionVerifier(secret),
    principalId: of.principalId,
    provider: of.provider,
    claims: Object.keys(of.claims).length === 0 ? null : JSON.stringify(of.claims),
    now,
    expiresAt: now + lifetimes.most,
    secondFactorAt: of.secondFactorAt,
    isConfirmed: of.isConfirmed ?? true,
    address: presence.address,
    userAgent: keptUserAgent(presence.userAgent),
    replaces:
      replaces !== undefined && looksLikeSession(replaces) ? sessionVerifier(replaces) : null,
  };
  return { secret, row };
}

export function openSessions(parts: SessionParts): Sessions {
  const { db, clock, keyring, revision, audit, lifetimes } = parts;
  const reads = sessionReads(db);

  async function find(cookie: string, presence: Presence): Promise<Session | undefined> {
    if (!looksLikeSession(cookie)) return undefined;
    const verifier = sessionVerifier(cookie);
    const row = await reads.find(verifier);
    const now = clock.now();
    if (row === undefined) return undefined;
    const times = { lastSeenAt: row.last_seen_at, expiresAt: row.expires_at };
    if (!isAlive(times, lifetimes, now)) return undefined;
    if (row.last_seen_at <= now - SEEN_EVERY) await touch(row.id, now, presence);
    const factors = Number(row.factors ?? 0);
    const claims = row.claims === null ? {} : JSON.parse(row.claims);
    return {
      id: row.id,
      principalId: row.principal_id,
      principalName: row.name,
      origin: row.origin,
      generation: row.generation,
      provider: row.provider,
      claims,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      secondFactorAt: row.second_factor_at,
      confirmedAt: row.confirmed_at,
      state: stateOf({
        factors,
        secondFactor: row.second_factor_at !== null,
        mustChangePassword: row.must_change_password === 1,
        mustHaveFactor: factors === 0 && (await parts.mustHaveFactor(row.principal_id)),
      }),
      actor: {
        principalId: row.principal_id,
        via: "session",
        credentialId: row.id,
        generation: row.generation,
        address: presence.address,
        secondFactor: row.second_factor_at !== null,
        confirmedAt: row.confirmed_at,
        claims,
      },
      verifier: new Secret(verifier),
    };
  }

  async function touch(id: string, now: number, presence: Presence): Promise<void> {
    const { address, userAgent } = presence;
    const seen = {
      id,
      now,
      before: now - SEEN_EVERY,
      address,
      userAgent: keptUserAgent(userAgent),
    };
    try {
      await db.write(touchSession, seen);
    } catch (error) {
      // A database that only reads (a full disk) must not lock everybody out (A16).
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** The session under the cookie that was just written; it may have ended since. */
  async function opened(secret: string, presence: Presence): Promise<Opened> {
    const session = await find(secret, presence);
    if (session === undefined) throw failure("session.ended");
    return { cookie: new Secret(secret), session };
  }

  return {
    find,
    async open(of, presence) {
      const { secret, row } = newSession(parts, of, presence);
      const doer: Doer = {
        id: of.principalId,
        kind: "user",
        name: of.principalName,
        via: "session",
        credentialId: row.id,
        address: presence.address,
        requestId: presence.requestId,
      };
      await db.write(openSession, { ...row, witness: audit.witness(doer) });
      if (row.replaces !== null) await revision.changed();
      return opened(secret, presence);
    },
    requireActive({ state }) {
      if (state === "owes-factor") throw failure("session.factor_needed");
      if (state === "owes-password") throw failure("session.password_change_needed");
      if (state === "owes-enrolment") throw failure("session.enrolment_needed");
    },
    async rotate(session, presence, { afterPassword = false } = {}) {
      const secret = newSessionSecret();
      await db.write(rotateSession, {
        id: session.id,
        from: session.verifier.reveal(),
        to: sessionVerifier(secret),
        now: clock.now(),
        shown: "none",
        followFrom: afterPassword ? session.generation : null,
        witness: audit.witness(doerOfSession(session, presence)),
      });
      await revision.changed();
      return opened(secret, presence);
    },
    async end(doer, principalId, id) {
      const witness = audit.witness(doer);
      await db.write(endSession, { principalId, id, now: clock.now(), witness });
      await revision.changed();
    },
    async endAll(doer, principalId, except) {
      const args = { principalId, except: except ?? null, now: clock.now() };
      const ended = await db.write(endSessions, { ...args, witness: audit.witness(doer) });
      await revision.changed();
      return ended;
    },
    async list(principalId) {
      const now = clock.now();
      const rows = await reads.list(principalId, now);
      return rows
        .map((row) => ({
          id: row.id,
          provider: row.provider,
          createdAt: row.created_at,
          lastSeenAt: row.last_seen_at,
          expiresAt: row.expires_at,
          secondFactor: row.second_factor_at !== null,
          address: row.address,
          userAgent: row.user_agent,
        }))
        .filter((each) => isAlive(each, lifetimes, now));
    },
    csrfToken: (cookie) => csrfToken(keyring.derive("csrf"), cookie),
  };
}
