import type { Database } from "../../../platform/database/port.ts";
import type { TokenKind } from "../../../platform/database/schema/identity.ts";
import type { Limit } from "../principal.ts";

/** A live principal, as decisions need it. */
export interface Known {
  readonly id: string;
  readonly kind: "user" | "robot";
  readonly name: string;
  readonly origin: string;
  readonly administrator: boolean;
  readonly disabled: boolean;
  readonly mustChangePassword: boolean;
  readonly generation: number;
  readonly groups: readonly string[];
  /** Whether a second factor is confirmed. */
  readonly secondFactor: boolean;
}

/** A token with those that it was got with: what of them all together decides whether it counts. */
export interface KnownToken {
  readonly id: string;
  readonly kind: TokenKind;
  readonly principalId: string;
  readonly name: string;
  readonly limits: readonly Limit[] | null;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Lists of networks, each of which must hold the address. */
  readonly networks: readonly (readonly string[])[];
  /** The earliest end. */
  readonly expiresAt: number;
  /** Generations that the principal must still have. */
  readonly generations: readonly number[];
  readonly revoked: boolean;
}

export interface KnownSession {
  readonly principalId: string;
  readonly generation: number;
  readonly expiresAt: number;
  readonly ended: boolean;
}

/** A credential that was got with one that was got with one …: more steps than these count as none. */
const MOST_PARENTS = 4;

/**
 * Kinds that stand in for a login, and end with what ends logins. Personal tokens and robots'
 * secrets outlive a new password, as people expect of them.
 */
const BOUND: ReadonlySet<TokenKind> = new Set(["refresh", "login", "workload"]);

/** The reads behind every request that shows a credential, compiled once. */
export function actorReads(db: Database) {
  const principal = db.prepare((q, p: { id: string }) =>
    q
      .selectFrom("principals")
      .select(["id", "kind", "name", "origin", "administrator", "disabled_at"])
      .select(["must_change_password", "generation"])
      .where("id", "=", p.id)
      .where("deleted_at", "is", null)
      .compile(),
  );
  const groups = db.prepare((q, p: { id: string }) =>
    q
      .selectFrom("group_members as m")
      .innerJoin("groups as g", "g.id", "m.group_id")
      .select("g.id")
      .distinct()
      .where("m.principal_id", "=", p.id)
      .where("g.deleted_at", "is", null)
      .orderBy("g.id")
      .compile(),
  );
  const factor = db.prepare((q, p: { id: string }) =>
    q
      .selectFrom("factors")
      .select("id")
      .where("principal_id", "=", p.id)
      .where("kind", "in", ["totp", "passkey"])
      .where("confirmed_at", "is not", null)
      .limit(1)
      .compile(),
  );
  const byVerifier = db.prepare((q, p: { verifier: string }) =>
    q.selectFrom("tokens").select("id").where("verifier", "=", p.verifier).compile(),
  );
  const token = db.prepare((q, p: { id: string }) =>
    q.selectFrom("tokens").selectAll().where("id", "=", p.id).compile(),
  );
  const session = db.prepare((q, p: { id: string }) =>
    q
      .selectFrom("sessions")
      .select(["principal_id", "generation", "expires_at", "ended_at"])
      .where("id", "=", p.id)
      .compile(),
  );

  return {
    /** The principal unless it is deleted. */
    async principal(id: string): Promise<Known | undefined> {
      const [rows, memberships, factors] = await Promise.all([
        principal({ id }),
        groups({ id }),
        factor({ id }),
      ]);
      const row = rows[0];
      if (row === undefined) return undefined;
      return {
        id: row.id,
        kind: row.kind,
        name: row.name,
        origin: row.origin,
        administrator: row.administrator === 1,
        disabled: row.disabled_at !== null,
        mustChangePassword: row.must_change_password === 1,
        generation: row.generation,
        groups: memberships.map((each) => each.id),
        secondFactor: factors.length > 0,
      };
    },

    /** The id of the token with this verifier, whatever became of it. */
    async tokenWith(verifier: string): Promise<string | undefined> {
      return (await byVerifier({ verifier }))[0]?.id;
    },

    /** The token and its parents; undefined when one of them is gone, or they are too many. */
    async token(id: string): Promise<KnownToken | undefined> {
      const first = (await token({ id }))[0];
      if (first === undefined) return undefined;
      const chain = [first];
      for (let last = first; last.parent_id !== null; ) {
        const parent = (await token({ id: last.parent_id }))[0];
        if (parent === undefined || chain.length > MOST_PARENTS) return undefined;
        if (parent.principal_id !== first.principal_id) return undefined;
        chain.push(parent);
        last = parent;
      }
      return {
        id: first.id,
        kind: first.kind,
        principalId: first.principal_id,
        name: first.name,
        limits: first.limits === null ? null : JSON.parse(first.limits),
        claims: first.claims === null ? {} : JSON.parse(first.claims),
        networks: chain.flatMap((each) =>
          each.addresses === null ? [] : [JSON.parse(each.addresses)],
        ),
        expiresAt: Math.min(...chain.map((each) => each.expires_at ?? Number.POSITIVE_INFINITY)),
        generations: chain.flatMap((each) => (BOUND.has(each.kind) ? [each.generation] : [])),
        revoked: chain.some((each) => each.revoked_at !== null),
      };
    },

    async session(id: string): Promise<KnownSession | undefined> {
      const row = (await session({ id }))[0];
      if (row === undefined) return undefined;
      return {
        principalId: row.principal_id,
        generation: row.generation,
        expiresAt: row.expires_at,
        ended: row.ended_at !== null,
      };
    },
  };
}

export type ActorReads = ReturnType<typeof actorReads>;
