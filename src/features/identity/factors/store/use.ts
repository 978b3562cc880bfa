import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import {
  addSession,
  type NewSession,
  openedEntry,
  type Rotation,
  rotate,
} from "../../sessions/store/write.ts";
import { type Guess, wasRight } from "./attempts.ts";
import { type Spending, spendChallenge } from "./challenges.ts";

interface Use {
  readonly principalId: string;
  /** The factor's. */
  readonly id: string;
  readonly now: number;
  /** The session that showed it: it gets another cookie (A44). */
  readonly session: Rotation;
  readonly witness: Witness;
}

export interface UseTotp extends Use {
  /** The time step whose code it is. */
  readonly step: number;
  /** The secret sealed with the current key, when it was sealed with an older one. */
  readonly resealed: string | null;
  readonly guess: Guess;
}

/** Takes a right code. Throws `factor.refused` when its step, or a later one, was used before. */
export const useTotp = procedure("factors.use-totp", async (tx, args: UseTotp): Promise<void> => {
  const { id, principalId, step, now } = args;
  // "The verifier MUST NOT accept the second attempt of the OTP" (RFC 6238, section 5.2).
  const used = await tx
    .updateTable("factors")
    .set({
      counter: step,
      last_used_at: now,
      ...(args.resealed === null ? {} : { secret: args.resealed }),
    })
    .where("id", "=", id)
    .where("principal_id", "=", principalId)
    .where("confirmed_at", "is not", null)
    .where("counter", "<", step)
    .returning("name")
    .executeTakeFirst();
  if (used === undefined) throw failure("factor.refused");
  await wasRight(tx, args.guess);
  await rotate(tx, args.session);
  await record(tx, args.witness, [done("factor.use", { kind: "totp", id, name: used.name })]);
});

export interface UseRecovery extends Use {
  readonly guess: Guess;
}

/** Spends a recovery code; gives how many are left. Throws `factor.refused` when it was spent. */
export const useRecovery = procedure(
  "factors.use-recovery",
  async (tx, args: UseRecovery): Promise<number> => {
    const { id, principalId, now } = args;
    const spent = await tx
      .updateTable("factors")
      .set({ spent_at: now, last_used_at: now })
      .where("id", "=", id)
      .where("principal_id", "=", principalId)
      .where("kind", "=", "recovery")
      .where("spent_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (spent === undefined) throw failure("factor.refused");
    const { count } = await tx
      .selectFrom("factors")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("principal_id", "=", principalId)
      .where("kind", "=", "recovery")
      .where("spent_at", "is", null)
      .executeTakeFirstOrThrow();
    const left = Number(count);
    await wasRight(tx, args.guess);
    await rotate(tx, args.session);
    const object = { kind: "recovery", id, name: null };
    await record(tx, args.witness, [done("factor.use", object, { details: { left } })]);
    return left;
  },
);

interface Assertion extends Spending {
  readonly id: string;
  readonly principalId: string;
  /** The signature counter that the authenticator told; 0 from those that do not count. */
  readonly counter: number;
}

/**
 * Takes a verified assertion; gives the passkey's name. A counter that did not grow tells of a
 * copy of the key (WebAuthn, section 6.1.1): that is refused with `factor.refused`.
 */
async function takeAssertion(tx: Tx, assertion: Assertion): Promise<string> {
  const { id, principalId, counter, now } = assertion;
  await spendChallenge(tx, assertion);
  const used = await tx
    .updateTable("factors")
    .set({ counter, last_used_at: now })
    .where("id", "=", id)
    .where("principal_id", "=", principalId)
    .where("confirmed_at", "is not", null)
    .where((e) => (counter === 0 ? e("counter", "=", 0) : e("counter", "<", counter)))
    .returning("name")
    .executeTakeFirst();
  if (used === undefined) throw failure("factor.refused");
  return used.name;
}

export interface UsePasskey extends Use, Assertion {}

/** Takes a passkey as a second factor. Throws `factor.refused`, `factor.challenge_expired`. */
export const usePasskey = procedure(
  "factors.use-passkey",
  async (tx, args: UsePasskey): Promise<void> => {
    const name = await takeAssertion(tx, args);
    await rotate(tx, args.session);
    const object = { kind: "passkey", id: args.id, name };
    await record(tx, args.witness, [done("factor.use", object)]);
  },
);

export interface SignIn extends Assertion {
  readonly guess: Guess;
  readonly session: NewSession;
  readonly witness: Witness;
}

/** Opens a session for a passkey alone. Throws like `usePasskey`, and `access.bad_credentials`. */
export const signInByPasskey = procedure(
  "factors.sign-in",
  async (tx, args: SignIn): Promise<void> => {
    const name = await takeAssertion(tx, args);
    await wasRight(tx, args.guess);
    await addSession(tx, args.session);
    const object = { kind: "passkey", id: args.id, name };
    await record(tx, args.witness, [
      done("login", object, { details: { provider: "passkey" } }),
      openedEntry(args.session),
    ]);
  },
);
