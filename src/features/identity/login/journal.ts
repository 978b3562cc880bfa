import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { type Clock, MINUTE } from "../../../kernel/clock.ts";
import { type Failure, failure } from "../../../kernel/errors/catalogue.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { AuditEntry, Doer } from "../../audit/entry.ts";
import type { AuditPort } from "../audit-port.ts";
import { doerOf } from "../doer.ts";
import type { Presence } from "../presence.ts";
import type { Actor } from "../principal.ts";
import { type Counted, noteFailure, noteLogin } from "../throttle/store.ts";
import { KNOWN_FOR, type Subjects, type Throttle, throttled } from "../throttle/throttle.ts";
import { sourceOf } from "../tokens/networks.ts";
import { isNamePrefix } from "../users/rules.ts";

/** A machine that logs in with every request is written down this often. */
const AGAIN = 5 * MINUTE;
const MOST = 10_000;

/** A refused attempt, as the log tells it. */
export interface Attempt {
  /** `login`, or what else needed the password. */
  readonly action: string;
  /** What was given as the name; null where a token came alone. */
  readonly name: string | null;
  readonly principalId: string | null;
  readonly presence: Presence;
}

/** How logins of this process ended, since it began. */
export interface LoginCounts {
  done: number;
  denied: number;
  throttled: number;
}

interface JournalParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly audit: AuditPort;
  readonly throttle: Throttle;
}

function stranger({ address, requestId }: Presence): Doer {
  return {
    id: "anonymous",
    kind: "anonymous",
    name: "anonymous",
    via: "none",
    credentialId: null,
    address,
    requestId,
  };
}

function denied({ action, name, principalId }: Attempt, reason: string): AuditEntry {
  const kind = name?.startsWith("robot+") === true ? "robot" : "user";
  // People type passwords into the field of the name: what cannot be a name is not written down.
  const shown = name !== null && isNamePrefix(name) ? name.slice(0, 128) : null;
  return {
    action,
    object: { kind, id: principalId, name: shown },
    project: null,
    result: "denied",
    reason: `login.${reason}`,
    details: {},
  };
}

/**
 * Writes logins down before they are answered, and counts those that failed. The log tells why one
 * was refused; the caller is told the same whatever the reason (A40).
 */
export class LoginJournal {
  readonly #parts: JournalParts;
  readonly #told = new BoundedCache<{ at: number; written: Promise<void> }>(MOST);
  readonly #paused = new BoundedCache<number>(MOST);
  readonly counts: LoginCounts = { done: 0, denied: 0, throttled: 0 };

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** Counts and records a refused attempt, and gives what to throw. */
  async refused(attempt: Attempt, reason: string, counted: readonly Counted[]): Promise<Failure> {
    const { db, audit, throttle } = this.#parts;
    const witness = audit.witness(stranger(attempt.presence));
    const entries = [denied(attempt, reason)];
    this.counts.denied += 1;
    throttle.noted(await db.write(noteFailure, { counted, witness, entries }));
    return failure("access.bad_credentials");
  }

  /** Gives what to throw at an attempt that came too early; one of a minute is recorded. */
  async early(attempt: Attempt, pause: number, subject: string): Promise<Failure> {
    const { clock, audit } = this.#parts;
    const now = clock.now();
    this.counts.throttled += 1;
    const last = this.#paused.get(subject);
    if (last === undefined || now - last >= MINUTE) {
      this.#paused.set(subject, now, 1);
      await audit.append(stranger(attempt.presence), [denied(attempt, "throttled")]);
    }
    return throttled(pause);
  }

  /**
   * Records a login; with `often`, one that was recorded minutes ago from the same source is not
   * recorded again. `subjects` are those of a password.
   */
  async done(
    actor: Actor,
    presence: Presence,
    details: AuditEntry["details"],
    { often, subjects }: { readonly often: boolean; readonly subjects?: Subjects },
  ): Promise<void> {
    this.counts.done += 1;
    const now = this.#parts.clock.now();
    const { principal, credentialId, via } = actor;
    const source = sourceOf(presence.address);
    const key = `${principal.id}\0${via}\0${credentialId ?? ""}\0${source}`;
    const last = this.#told.get(key);
    if (often && last !== undefined && now - last.at < AGAIN) return await last.written;
    const written = this.#write(actor, presence, details, subjects);
    this.#told.set(key, { at: now, written }, 1);
    try {
      await written;
    } catch (error) {
      this.#told.delete(key);
      throw error;
    }
  }

  async #write(
    actor: Actor,
    presence: Presence,
    details: AuditEntry["details"],
    subjects: Subjects | undefined,
  ): Promise<void> {
    const { db, audit, throttle, clock } = this.#parts;
    const { id, kind, name } = actor.principal;
    const doer = doerOf(actor, presence.requestId);
    const entry: AuditEntry = {
      action: "login",
      object: { kind, id, name },
      project: null,
      result: "done",
      reason: null,
      details: { via: actor.via, ...details },
    };
    const until = clock.now() + KNOWN_FOR;
    const isNew =
      subjects !== undefined && (await throttle.knownUntil(subjects.known)) < until - KNOWN_FOR / 2;
    const isForgiven = subjects !== undefined && (await throttle.hasFailures(subjects));
    await db.write(noteLogin, {
      principalId: id,
      forgiven: isForgiven ? subjects.pair : null,
      known: isNew ? { subject: subjects.known, until } : null,
      witness: audit.witness(doer),
      entries: [entry],
    });
    if (subjects !== undefined) throttle.forgiven(subjects, isNew ? until : undefined);
  }
}
