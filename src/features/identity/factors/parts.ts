import type { Clock } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { Secret } from "../../../kernel/secret.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import type { Doer } from "../../audit/entry.ts";
import type { AuditPort } from "../audit-port.ts";
import type { Presence } from "../presence.ts";
import type { Vouched } from "../providers-port.ts";
import type { Lifetimes } from "../sessions/rules.ts";
import { newSessionSecret, sessionVerifier } from "../sessions/secret.ts";
import type { Sessions } from "../sessions/service.ts";
import type { Opened, RevisionPort, Session } from "../sessions/session.ts";
import type { Rotation } from "../sessions/store/write.ts";
import type { Passkeys, RelyingParty } from "./passkeys.ts";
import { type Guessable, takeAttempt } from "./store/attempts.ts";
import type { FactorReads } from "./store/read.ts";

/** What second factors are built from. */
export interface FactorParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly revision: RevisionPort;
  readonly audit: AuditPort;
  readonly sessions: Sessions;
  readonly lifetimes: Lifetimes;
  readonly party: RelyingParty;
  /** How recently a factor must have been shown before factors change (milliseconds). */
  readonly stepUp: number;
  /** What counts as one source: an IPv4 address, an IPv6 network of 64 bits. */
  source(address: string | null): string;
  /**
   * Name and password, throttled and audited. Throws `access.bad_credentials`, `access.throttled`.
   */
  checkPassword(name: string, password: string, presence: Presence): Promise<Vouched>;
  /** Whether people of this origin have a password that `checkPassword` can check. */
  hasPassword(origin: string): boolean;
  /**
   * Whether people of this origin may sign in by a passkey alone. Not where only the provider
   * knows who has left: nobody would ask it (A39).
   */
  mayUsePasskeyAlone(origin: string): boolean;
}

export interface FactorContext extends FactorParts {
  readonly reads: FactorReads;
  readonly passkeys: Passkeys;
}

/** A rotation of the session to a new cookie, which `opened` then finds. */
export function rotationOf(
  session: Session,
  now: number,
  shown: Rotation["shown"],
): { secret: string; rotation: Rotation } {
  const secret = newSessionSecret();
  const from = session.verifier.reveal();
  return { secret, rotation: { id: session.id, from, to: sessionVerifier(secret), now, shown } };
}

/** Tells other caches of the write, and finds the session under its new cookie. */
export async function openedBy(
  { sessions, revision }: FactorContext,
  secret: string,
  presence: Presence,
): Promise<Opened> {
  await revision.changed();
  const session = await sessions.find(secret, presence);
  if (session === undefined) throw failure("session.ended");
  return { cookie: new Secret(secret), session };
}

/** Counts an attempt before its answer is looked at. Throws `access.throttled`. */
export async function countAttempt(
  { db, clock, audit, source }: FactorContext,
  of: { kind: Guessable; principalId: string; doer: Doer; address: string | null },
) {
  const now = clock.now();
  const guess = { kind: of.kind, principalId: of.principalId, source: source(of.address), now };
  const attempt = await db.write(takeAttempt, guess);
  if (attempt.allowed) return guess;
  if (attempt.isFirstRefused) await refuse(audit, of.doer, of.kind, "access.throttled");
  const retry_after = Math.max(1, Math.ceil((attempt.until - now) / 1_000));
  throw failure("access.throttled", { retry_after });
}

/** Records that a factor was refused. */
export async function refuse(
  audit: AuditPort,
  doer: Doer,
  method: string,
  reason: string,
): Promise<void> {
  const object = { kind: method, id: null, name: null };
  await audit.append(doer, [
    { action: "factor.use", object, project: null, result: "denied", reason, details: {} },
  ]);
}
