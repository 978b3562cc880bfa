import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { HOUR } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { Secret } from "../../../kernel/secret.ts";
import type { Doer } from "../../audit/entry.ts";
import type { Presence } from "../presence.ts";
import { doerOfSession, type Opened, type Session } from "../sessions/session.ts";
import { checkText } from "../texts.ts";
import { type FactorContext, type FactorParts, openedBy, refuse, rotationOf } from "./parts.ts";
import { type Asked, type PasskeyAnswer, passkeys } from "./passkeys.ts";
import { newRecoveryCodes } from "./recovery-codes.ts";
import { passkeySignIn } from "./sign-in.ts";
import { type Confirmed, type Confirming, type Method, type Proof, stepUp } from "./step-up.ts";
import { addPasskey, beginTotp, confirmTotp } from "./store/enrol.ts";
import { regenerateCodes, removeFactor, resealFactors, resetFactors } from "./store/manage.ts";
import { factorReads } from "./store/read.ts";
import { newTotpSecret, readCode, stepOf, totpUri } from "./totp.ts";

/** An enrolment that nobody confirmed for so long starts anew. */
export const UNCONFIRMED_FOR = HOUR;
const LONGEST_NAME = 64;
const RESEAL_BATCH = 100;

export interface FactorView {
  readonly id: string;
  readonly kind: "totp" | "passkey";
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** After a factor was added: the session's new cookie, and the codes that come with the first one. */
export interface Enrolled extends Opened {
  readonly recoveryCodes: readonly string[] | null;
}

export interface TotpOffer {
  readonly id: string;
  /** Base 32, for those who cannot scan; told this once. */
  readonly secret: Secret;
  /** What the QR code says; holds the secret. */
  readonly uri: Secret;
}

/**
 * Second factors of people. Whatever changes them needs an `active` session or one that owes its
 * enrolment, confirmed a short while ago: else `session.factor_needed`, `session.step_up_needed`.
 */
export interface Factors {
  list(principalId: string): Promise<{ factors: FactorView[]; recoveryLeft: number }>;
  /** Begins with an authenticator app. Throws `factor.too_many`. */
  beginTotp(session: Session, name: string): Promise<TotpOffer>;
  /** Its first code. Throws `factor.refused`, `factor.unknown`. */
  confirmTotp(
    session: Session,
    first: { id: string; code: string },
    presence: Presence,
  ): Promise<Enrolled>;
  beginPasskey(session: Session): Promise<Asked<PublicKeyCredentialCreationOptionsJSON>>;
  /** Throws `factor.passkey_invalid`, `factor.passkey_taken`, `factor.challenge_expired`. */
  addPasskey(
    session: Session,
    added: PasskeyAnswer & { name: string },
    presence: Presence,
  ): Promise<Enrolled>;
  /** Asks for a passkey of the session's principal, for `confirm`. */
  askPasskey(session: Session): Promise<Asked<PublicKeyCredentialRequestOptionsJSON>>;
  /** Asks for any passkey, for `signIn`. */
  askSignIn(): Promise<Asked<PublicKeyCredentialRequestOptionsJSON>>;
  /**
   * Opens a session by a passkey alone: it is both factors. Throws `access.bad_credentials` alike
   * for every reason but `factor.challenge_expired` and `access.throttled`.
   */
  signIn(answer: PasskeyAnswer, presence: Presence, replaces?: string): Promise<Opened>;
  methods(of: Pick<Confirming, "principalId" | "origin">): Promise<Method[]>;
  /** Throws `factor.refused`, `access.throttled`, `factor.challenge_expired`, `session.ended`. */
  confirm(session: Session, proof: Proof, presence: Presence): Promise<Confirmed>;
  /** Throws `session.step_up_needed`. `maxAge` in milliseconds, else as configured. */
  requireFresh(of: Confirming, maxAge?: number): Promise<void>;
  /** Ten new recovery codes, told this once; the old ones are void. Throws `factor.none`. */
  regenerate(session: Session, presence: Presence): Promise<readonly string[]>;
  /** Throws `factor.unknown`. */
  remove(session: Session, id: string, presence: Presence): Promise<void>;
  /** For administrators, when somebody lost theirs. Throws `identity.unknown`, `factor.own_reset`. */
  reset(doer: Doer, principalId: string): Promise<void>;
  /** Seals with the current key what an older one sealed; gives how many. */
  reseal(): Promise<number>;
}

export function openFactors(parts: FactorParts): Factors {
  const { db, clock, keyring, audit, revision, sessions, party } = parts;
  const reads = factorReads(db);
  const context: FactorContext = { ...parts, reads, passkeys: passkeys(keyring, reads, party) };
  const steps = stepUp(context);

  /** A stolen cookie must not be able to bring a factor of the thief's, or to take one away. */
  async function requireChange(session: Session): Promise<void> {
    if (session.state !== "owes-enrolment") sessions.requireActive(session);
    await steps.requireFresh(session);
  }

  /** What adding a factor takes along; codes are only taken with the first. */
  function enrolment(session: Session, presence: Presence) {
    const now = clock.now();
    const { principalId } = session;
    const codes = newRecoveryCodes(keyring, principalId, now);
    const { secret, rotation } = rotationOf(session, now, "second");
    const witness = audit.witness(doerOfSession(session, presence));
    return {
      args: { principalId, now, codes: codes.kept, session: rotation, witness },
      async done(isFirst: boolean): Promise<Enrolled> {
        const opened = await openedBy(context, secret, presence);
        return { ...opened, recoveryCodes: isFirst ? codes.shown : null };
      },
    };
  }

  return {
    ...steps,
    ...passkeySignIn(context),

    async list(principalId) {
      const rows = await reads.shown(principalId);
      const factors = rows.map((row) => ({
        id: row.id,
        kind: row.kind === "totp" ? ("totp" as const) : ("passkey" as const),
        name: row.name,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
      }));
      return { factors, recoveryLeft: await reads.recoveryLeft(principalId) };
    },

    async beginTotp(session, name) {
      await requireChange(session);
      const now = clock.now();
      const id = newId(now);
      const secret = newTotpSecret();
      await db.write(beginTotp, {
        principalId: session.principalId,
        id,
        name: checkText("name", name, LONGEST_NAME) ?? "authenticator",
        secret: keyring.seal(`factor:${id}`, secret),
        now,
      });
      const uri = totpUri(secret, party.name, session.principalName);
      return { id, secret: new Secret(secret), uri: new Secret(uri) };
    },

    async confirmTotp(session, { id, code: text }, presence) {
      await requireChange(session);
      const now = clock.now();
      const row = await reads.unconfirmed(session.principalId, id, now - UNCONFIRMED_FOR);
      if (row === undefined) throw failure("factor.unknown");
      const code = readCode(text);
      const plain = keyring.open(`factor:${id}`, row.secret);
      const step = code === undefined ? undefined : stepOf(plain, code, now);
      if (step === undefined) {
        await refuse(audit, doerOfSession(session, presence), "totp", "factor.refused");
        throw failure("factor.refused");
      }
      const { args, done } = enrolment(session, presence);
      return done(await db.write(confirmTotp, { ...args, id, step }));
    },

    async beginPasskey(session) {
      await requireChange(session);
      const principal = { id: session.principalId, name: session.principalName };
      return context.passkeys.askNew(principal, session.id, clock.now());
    },

    async addPasskey(session, { name, ...answer }, presence) {
      await requireChange(session);
      const verified = await context.passkeys.verifyNew(answer, session.id, clock.now());
      const { args, done } = enrolment(session, presence);
      const isFirst = await db.write(addPasskey, {
        ...args,
        id: newId(args.now),
        name: checkText("name", name, LONGEST_NAME) ?? "passkey",
        credentialId: verified.credentialId,
        publicKey: verified.publicKey,
        counter: verified.counter,
        transports: verified.transports,
        challenge: verified.mark,
        challengeUntil: verified.until,
      });
      return done(isFirst);
    },

    askPasskey(session) {
      const asking = { purpose: "confirm", sessionId: session.id } as const;
      return context.passkeys.ask(session.principalId, asking, clock.now());
    },

    async regenerate(session, presence) {
      await requireChange(session);
      const now = clock.now();
      const { principalId } = session;
      const { shown, kept } = newRecoveryCodes(keyring, principalId, now);
      const witness = audit.witness(doerOfSession(session, presence));
      await db.write(regenerateCodes, { principalId, codes: kept, now, witness });
      return shown;
    },

    async remove(session, id, presence) {
      await requireChange(session);
      const witness = audit.witness(doerOfSession(session, presence));
      await db.write(removeFactor, { principalId: session.principalId, id, witness });
      await revision.changed();
    },

    async reset(doer, principalId) {
      // Else a stolen session of an administrator would need no confirmation to be rid of them.
      if (doer.id === principalId) throw failure("factor.own_reset");
      const witness = audit.witness(doer);
      await db.write(resetFactors, { principalId, now: clock.now(), witness });
      await revision.changed();
    },

    async reseal() {
      let count = 0;
      for (let after = ""; ; ) {
        const rows = await reads.sealed(after, RESEAL_BATCH);
        const stale = rows
          .filter(({ secret }) => keyring.isStale(secret))
          .map(({ id, secret }) => {
            const purpose = `factor:${id}`;
            return { id, from: secret, to: keyring.seal(purpose, keyring.open(purpose, secret)) };
          });
        if (stale.length > 0) count += await db.write(resealFactors, stale);
        const last = rows.at(-1);
        if (last === undefined || rows.length < RESEAL_BATCH) return count;
        after = last.id;
      }
    },
  };
}
