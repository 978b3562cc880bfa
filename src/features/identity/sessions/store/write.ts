import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";

export interface NewSession {
  readonly id: string;
  readonly verifier: string;
  readonly principalId: string;
  readonly provider: string;
  readonly claims: string | null;
  readonly now: number;
  readonly expiresAt: number;
  readonly secondFactorAt: number | null;
  /** Whether the person has shown just now who they are (step-up). */
  readonly isConfirmed: boolean;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** Verifier of the cookie that the browser had before: that session ends here (A44). */
  readonly replaces: string | null;
}

/**
 * Adds a session of a principal that may log in. It changes no decision that was made before, so
 * it moves no revision. Throws `access.bad_credentials` when the principal is disabled or gone.
 */
export async function addSession(tx: Tx, args: NewSession): Promise<void> {
  const { now, principalId } = args;
  const principal = await tx
    .updateTable("principals")
    .set({ last_login_at: now })
    .where("id", "=", principalId)
    .where("kind", "=", "user")
    .where("disabled_at", "is", null)
    .where("deleted_at", "is", null)
    .returning("generation")
    .executeTakeFirst();
  if (principal === undefined) throw failure("access.bad_credentials");
  await tx
    .insertInto("sessions")
    .values({
      id: args.id,
      verifier: args.verifier,
      principal_id: principalId,
      generation: principal.generation,
      provider: args.provider,
      claims: args.claims,
      created_at: now,
      last_seen_at: now,
      expires_at: args.expiresAt,
      second_factor_at: args.secondFactorAt,
      confirmed_at: args.isConfirmed ? now : 0,
      address: args.address,
      user_agent: args.userAgent,
      ended_at: null,
    })
    .execute();
  if (args.replaces === null) return;
  const replaced = await tx
    .updateTable("sessions")
    .set({ ended_at: now })
    .where("verifier", "=", args.replaces)
    .where("ended_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (replaced !== undefined) await bumpRevision(tx);
}

/** What `session.open` says in the audit log. */
export function openedEntry({ id, provider, secondFactorAt }: NewSession) {
  const details = { provider, second_factor: secondFactorAt !== null };
  return done("session.open", { kind: "session", id, name: null }, { details });
}

/** Opens a session. Throws `access.bad_credentials`. */
export const openSession = procedure(
  "sessions.open",
  async (tx, args: NewSession & { witness: Witness }): Promise<void> => {
    await addSession(tx, args);
    await record(tx, args.witness, [openedEntry(args)]);
  },
);

export interface Rotation {
  readonly id: string;
  /** The verifier that is replaced: of two rotations at once, one wins. */
  readonly from: string;
  readonly to: string;
  readonly now: number;
  /** What was shown just now. `second` counts as a second factor, `none` as nothing. */
  readonly shown: "none" | "first" | "second";
}

/** Gives a session another cookie, from when on the old one is dead. Throws `session.ended`. */
export async function rotate(tx: Tx, { id, from, to, now, shown }: Rotation): Promise<void> {
  const rotated = await tx
    .updateTable("sessions")
    .set({
      verifier: to,
      last_seen_at: now,
      ...(shown === "none" ? {} : { confirmed_at: now }),
      ...(shown === "second" ? { second_factor_at: now } : {}),
    })
    .where("id", "=", id)
    .where("verifier", "=", from)
    .where("ended_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (rotated === undefined) throw failure("session.ended");
  if (shown !== "none") await bumpRevision(tx);
}

/** Rotates a session because a first factor was shown again. Throws `session.ended`. */
export const confirmSession = procedure(
  "sessions.confirm",
  async (tx, args: Rotation & { method: string; witness: Witness }): Promise<void> => {
    await rotate(tx, args);
    const object = { kind: "session", id: args.id, name: null };
    const details = { method: args.method };
    await record(tx, args.witness, [done("session.confirm", object, { details })]);
  },
);

export interface PlainRotation extends Rotation {
  /**
   * The generation that the session was opened in, when its own principal has just changed the
   * password: it follows to the next one, and only to that.
   */
  readonly followFrom: number | null;
  readonly witness: Witness;
}

/** Rotates a session. Throws `session.ended`. */
export const rotateSession = procedure(
  "sessions.rotate",
  async (tx, args: PlainRotation): Promise<void> => {
    await rotate(tx, args);
    if (args.followFrom !== null) {
      const generation = args.followFrom + 1;
      const followed = await tx
        .updateTable("sessions")
        .set({ generation })
        .where("id", "=", args.id)
        .where("generation", "=", args.followFrom)
        .where((e) =>
          e.exists(
            e
              .selectFrom("principals as p")
              .select("p.id")
              .whereRef("p.id", "=", "sessions.principal_id")
              .where("p.generation", "=", generation),
          ),
        )
        .returning("id")
        .executeTakeFirst();
      if (followed === undefined) throw failure("session.ended");
      await bumpRevision(tx);
    }
    const object = { kind: "session", id: args.id, name: null };
    await record(tx, args.witness, [done("session.rotate", object)]);
  },
);

export interface Seen {
  readonly id: string;
  readonly now: number;
  /** Not written when it was seen after this. */
  readonly before: number;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** Notes that a session was used. */
export const touchSession = procedure("sessions.touch", async (tx, args: Seen): Promise<void> => {
  await tx
    .updateTable("sessions")
    .set({ last_seen_at: args.now, address: args.address, user_agent: args.userAgent })
    .where("id", "=", args.id)
    .where("last_seen_at", "<=", args.before)
    .where("ended_at", "is", null)
    .execute();
});
