import { MINUTE } from "../../../kernel/clock.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import type { Presence } from "../presence.ts";
import { doerOfSession, type Opened, type Session } from "../sessions/session.ts";
import { confirmSession } from "../sessions/store/write.ts";
import { countAttempt, type FactorContext, openedBy, refuse, rotationOf } from "./parts.ts";
import type { PasskeyAnswer } from "./passkeys.ts";
import { matchRecoveryCode, readRecoveryCode } from "./recovery-codes.ts";
import { usePasskey, useRecovery, useTotp } from "./store/use.ts";
import { readCode, stepOf } from "./totp.ts";

/** What people confirm with: exactly one. */
export type Proof =
  | { readonly method: "password"; readonly password: string }
  | { readonly method: "totp"; readonly code: string }
  | { readonly method: "recovery"; readonly code: string }
  | { readonly method: "passkey"; readonly answer: PasskeyAnswer };

/** `sign-in`: there is nothing to show here, the provider must be asked again. */
export type Method = Proof["method"] | "sign-in";

export interface Confirmed extends Opened {
  /** After a recovery code: how many are left. */
  readonly recoveryLeft?: number;
}

/** Who wants to do something that needs a recent confirmation: a `Session` is one. */
export interface Confirming {
  readonly principalId: string;
  readonly origin: string;
  /** Null for every credential but a session, which cannot be confirmed at all. */
  readonly confirmedAt: number | null;
}

/** Second factors at sign-in, and confirmation before what cannot be undone. */
export function stepUp(context: FactorContext) {
  const { db, clock, keyring, audit, reads } = context;

  /**
   * What somebody confirms with. Whoever has a second factor shows that one: a password alone
   * would be enough to take away what guards against its loss.
   */
  async function methods(of: Pick<Confirming, "principalId" | "origin">): Promise<Method[]> {
    const kinds = new Set<Method>((await reads.shown(of.principalId)).map((each) => each.kind));
    if (kinds.size === 0) return [context.hasPassword(of.origin) ? "password" : "sign-in"];
    if ((await reads.recoveryLeft(of.principalId)) > 0) kinds.add("recovery");
    return [...kinds];
  }

  /** Records a refused proof and gives the failure to throw. */
  async function refused(session: Session, presence: Presence, method: string): Promise<Failure> {
    await refuse(audit, doerOfSession(session, presence), method, "factor.refused");
    return failure("factor.refused");
  }

  async function byPassword(session: Session, password: string, presence: Presence) {
    if (!(await methods(session)).includes("password")) {
      throw await refused(session, presence, "password");
    }
    const { principalName, principalId } = session;
    let vouched: Awaited<ReturnType<typeof context.checkPassword>> | undefined;
    try {
      vouched = await context.checkPassword(principalName, password, presence);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "access.bad_credentials") throw error;
    }
    if (vouched?.principalId !== principalId) throw await refused(session, presence, "password");
    const { secret, rotation } = rotationOf(session, clock.now(), "first");
    const witness = audit.witness(doerOfSession(session, presence));
    await db.write(confirmSession, { ...rotation, method: "password", witness });
    return openedBy(context, secret, presence);
  }

  /** What every use of a factor takes along. */
  function use(session: Session, presence: Presence, id: string) {
    const now = clock.now();
    const { secret, rotation } = rotationOf(session, now, "second");
    const witness = audit.witness(doerOfSession(session, presence));
    const { principalId } = session;
    return { secret, args: { principalId, id, now, session: rotation, witness } };
  }

  /** The failures that a wrong answer ends in are audited; the transaction that threw them is not. */
  async function audited<T>(
    work: Promise<T>,
    session: Session,
    presence: Presence,
    method: string,
  ) {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Failure && error.code === "factor.refused") {
        throw await refused(session, presence, method);
      }
      throw error;
    }
  }

  function attempt(session: Session, presence: Presence, kind: "totp" | "recovery") {
    const { principalId } = session;
    const doer = doerOfSession(session, presence);
    return countAttempt(context, { kind, principalId, doer, address: presence.address });
  }

  async function byTotp(session: Session, text: string, presence: Presence) {
    const guess = await attempt(session, presence, "totp");
    const code = readCode(text);
    for (const { id, secret: sealed } of await reads.secrets(session.principalId, "totp")) {
      const plain = keyring.open(`factor:${id}`, sealed);
      const step = code === undefined ? undefined : stepOf(plain, code, guess.now);
      if (step === undefined) continue;
      const resealed = keyring.isStale(sealed) ? keyring.seal(`factor:${id}`, plain) : null;
      const { secret, args } = use(session, presence, id);
      const work = db.write(useTotp, { ...args, step, resealed, guess });
      await audited(work, session, presence, "totp");
      return openedBy(context, secret, presence);
    }
    throw await refused(session, presence, "totp");
  }

  async function byRecovery(session: Session, text: string, presence: Presence) {
    const guess = await attempt(session, presence, "recovery");
    const code = readRecoveryCode(text);
    const { principalId } = session;
    const kept = code === undefined ? [] : await reads.secrets(principalId, "recovery");
    const id = matchRecoveryCode(keyring, principalId, code ?? "", kept);
    if (id === undefined) throw await refused(session, presence, "recovery");
    const { secret, args } = use(session, presence, id);
    const work = db.write(useRecovery, { ...args, guess });
    const recoveryLeft = await audited(work, session, presence, "recovery");
    return { ...(await openedBy(context, secret, presence)), recoveryLeft };
  }

  async function byPasskey(session: Session, answer: PasskeyAnswer, presence: Presence) {
    const asking = { purpose: "confirm", sessionId: session.id } as const;
    const verified = await context.passkeys.verify(answer, asking, clock.now());
    if (verified === undefined || verified.factor.principal_id !== session.principalId) {
      throw await refused(session, presence, "passkey");
    }
    const { secret, args } = use(session, presence, verified.factor.id);
    const { mark: challenge, until: challengeUntil, counter } = verified;
    const work = db.write(usePasskey, { ...args, challenge, challengeUntil, counter });
    await audited(work, session, presence, "passkey");
    return openedBy(context, secret, presence);
  }

  return {
    methods,

    /** Shows a factor, at sign-in or again later: the session gets another cookie. */
    confirm(session: Session, proof: Proof, presence: Presence): Promise<Confirmed> {
      switch (proof.method) {
        case "password":
          return byPassword(session, proof.password, presence);
        case "totp":
          return byTotp(session, proof.code, presence);
        case "recovery":
          return byRecovery(session, proof.code, presence);
        case "passkey":
          return byPasskey(session, proof.answer, presence);
      }
    },

    /** Throws `session.step_up_needed` unless a factor was shown within `maxAge` milliseconds. */
    async requireFresh(of: Confirming, maxAge: number = context.stepUp): Promise<void> {
      const now = clock.now();
      if (of.confirmedAt !== null && now - of.confirmedAt < maxAge) return;
      const minutes = Math.ceil(maxAge / MINUTE);
      throw failure("session.step_up_needed", { minutes, methods: await methods(of) });
    },
  };
}
