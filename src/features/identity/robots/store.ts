import { failure } from "../../../kernel/errors/catalogue.ts";
import { procedure } from "../../../platform/database/port.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { bumpRevision } from "../revision/store.ts";
import { checkVersion } from "../texts.ts";
import { addToken, type NewToken, type TokenRow, tokenDetails } from "../tokens/store/write.ts";
import { addPrincipal } from "../users/store/create.ts";
import { changePrincipal, lockLive, type PrincipalRow } from "../users/store/rows.ts";

type Secret = Omit<NewToken, "principalId" | "now" | "kind" | "claims" | "parentId">;

export interface CreateRobot {
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string | null;
  readonly secret: Secret;
  readonly witness: Witness;
}

function secretOf(robotId: string, secret: Secret, now: number): NewToken {
  return { ...secret, kind: "robot", principalId: robotId, claims: null, parentId: null, now };
}

/** Makes a robot and its first secret. Throws `identity.name_taken`, `identity.unknown`. */
export const createRobot = procedure(
  "identity.create-robot",
  async (tx, args: CreateRobot): Promise<{ robot: PrincipalRow; secret: TokenRow }> => {
    const { name, description, projectId, witness } = args;
    const now = witness.at;
    if (projectId !== null) {
      // Bound to the project's id, and to none that is gone meanwhile (A32).
      const project = await tx
        .selectFrom("projects")
        .select("id")
        .where("id", "=", projectId)
        .where("deleted_at", "is", null)
        .forShare()
        .executeTakeFirst();
      if (project === undefined) {
        throw failure("identity.unknown", { kind: "project", id: projectId });
      }
    }
    const start = { kind: "robot", name, description, projectId, now } as const;
    const robot = await addPrincipal(tx, start);
    if (robot === undefined) throw failure("identity.name_taken", { name });
    const secret = await addToken(tx, secretOf(robot.id, args.secret, now));
    await bumpRevision(tx);
    const object = { kind: "robot", id: robot.id, name };
    const more = { project: projectId, details: { description, secret: tokenDetails(secret) } };
    await record(tx, witness, [done("robot.create", object, more)]);
    return { robot, secret };
  },
);

export interface UpdateRobot {
  readonly id: string;
  readonly version: number | null;
  readonly description: string | null;
  readonly witness: Witness;
}

export const updateRobot = procedure(
  "identity.update-robot",
  async (tx, { id, version, description, witness }: UpdateRobot): Promise<PrincipalRow> => {
    const row = await lockLive(tx, "robot", id);
    checkVersion(row.version, version);
    if (row.description === description) return row;
    const changed = await changePrincipal(tx, row, { description });
    const details = { description: { from: row.description, to: description } };
    await record(tx, witness, [
      done(
        "robot.update",
        { kind: "robot", id, name: row.name },
        {
          project: row.project_id,
          details,
        },
      ),
    ]);
    return changed;
  },
);

export interface RotateRobot {
  readonly id: string;
  readonly name: string;
  readonly verifier: string;
  readonly expiresAt: number | null;
  /** Until when the secret before stays valid. */
  readonly overlapUntil: number;
  readonly witness: Witness;
}

/**
 * Gives a robot a new secret with the limits of its newest one. That one lives on until the overlap
 * is over, all older ones end now. Throws `identity.unknown`.
 */
export const rotateRobot = procedure(
  "identity.rotate-robot",
  async (tx, args: RotateRobot): Promise<TokenRow> => {
    const { id, witness, overlapUntil } = args;
    const now = witness.at;
    const robot = await lockLive(tx, "robot", id);
    const secrets = await tx
      .selectFrom("tokens")
      .selectAll()
      .where("principal_id", "=", id)
      .where("kind", "=", "robot")
      .orderBy("id", "desc")
      .forUpdate()
      .execute();
    const [newest] = secrets;
    for (const each of secrets) {
      if (each.revoked_at !== null || (each.expires_at !== null && each.expires_at <= now))
        continue;
      const isKept = each.id === newest?.id && overlapUntil > now;
      const until = isKept ? Math.min(each.expires_at ?? overlapUntil, overlapUntil) : now;
      await tx
        .updateTable("tokens")
        .set({ expires_at: until, revoked_at: isKept ? null : now })
        .where("id", "=", each.id)
        .execute();
    }
    const secret: Secret = {
      name: args.name,
      verifier: args.verifier,
      limits: newest?.limits ?? null,
      addresses: newest?.addresses ?? null,
      expiresAt: args.expiresAt,
    };
    const row = await addToken(tx, secretOf(id, secret, now));
    await bumpRevision(tx);
    const details = { secret: tokenDetails(row), before: newest?.id ?? null, overlapUntil };
    await record(tx, witness, [
      done(
        "robot.rotate",
        { kind: "robot", id, name: robot.name },
        {
          project: robot.project_id,
          details,
        },
      ),
    ]);
    return row;
  },
);

export const robotProcedures = [createRobot, updateRobot, rotateRobot];
