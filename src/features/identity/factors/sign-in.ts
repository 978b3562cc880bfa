import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import type { Doer } from "../../audit/entry.ts";
import type { Presence } from "../presence.ts";
import { newSession } from "../sessions/service.ts";
import type { Opened } from "../sessions/session.ts";
import { countAttempt, type FactorContext, openedBy } from "./parts.ts";
import type { PasskeyAnswer, VerifiedAssertion } from "./passkeys.ts";
import { signInByPasskey } from "./store/use.ts";

const ASKING = { purpose: "sign-in", sessionId: null } as const;

/** Signing in by a passkey alone, which is something held and a PIN, finger or face at once. */
export function passkeySignIn(context: FactorContext) {
  const { db, clock, audit, passkeys } = context;

  function doerOf(presence: Presence, known?: { id: string; name: string }): Doer {
    return {
      id: known?.id ?? "anonymous",
      kind: known === undefined ? "anonymous" : "user",
      name: known?.name ?? "anonymous",
      via: known === undefined ? "none" : "session",
      credentialId: null,
      address: presence.address,
      requestId: presence.requestId,
    };
  }

  /** Records the refusal with its reason, and gives the one failure that everybody sees (A40). */
  async function refused(doer: Doer, reason: string): Promise<Failure> {
    const object = { kind: "passkey", id: null, name: null };
    const details = { provider: "passkey" };
    await audit.append(doer, [
      { action: "login", object, project: null, result: "denied", reason, details },
    ]);
    return failure("access.bad_credentials");
  }

  /** Why a verified assertion still opens nothing, or undefined when it does. */
  function objection({ factor, userHandle }: VerifiedAssertion): string | undefined {
    // "verify that response.userHandle is present [and] equals the user handle" (section 7.2).
    if (userHandle !== factor.principal_id) return "factor.refused";
    if (!context.mayUsePasskeyAlone(factor.origin)) return "factor.not_alone";
    return undefined;
  }

  return {
    askSignIn: () => passkeys.ask(null, ASKING, clock.now()),

    async signIn(answer: PasskeyAnswer, presence: Presence, replaces?: string): Promise<Opened> {
      const nobody = doerOf(presence);
      const guess = await countAttempt(context, {
        kind: "passkey",
        principalId: `source:${context.source(presence.address)}`,
        doer: nobody,
        address: presence.address,
      });
      const verified = await passkeys.verify(answer, ASKING, guess.now);
      if (verified === undefined) throw await refused(nobody, "factor.refused");
      const { factor, mark: challenge, until: challengeUntil, counter } = verified;
      const doer = doerOf(presence, { id: factor.principal_id, name: factor.name });
      const why = objection(verified);
      if (why !== undefined) throw await refused(doer, why);
      const { id, principal_id: principalId } = factor;
      const of = {
        principalId,
        provider: "passkey",
        claims: {},
        secondFactorAt: guess.now,
        replaces,
      };
      const { secret, row } = newSession(context, of, presence);
      const witness = audit.witness({ ...doer, credentialId: row.id });
      const assertion = { id, principalId, now: guess.now, challenge, challengeUntil, counter };
      try {
        await db.write(signInByPasskey, { ...assertion, guess, session: row, witness });
      } catch (error) {
        if (!(error instanceof Failure) || error.status >= 500) throw error;
        if (error.code === "factor.challenge_expired") throw error;
        throw await refused(doer, error.code);
      }
      return openedBy(context, secret, presence);
    },
  };
}
