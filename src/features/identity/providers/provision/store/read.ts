import type { Database, Tx } from "../../../../../platform/database/port.ts";
import type { Known, Link, Sighting } from "../rules.ts";

type Reads = Pick<Tx, "selectFrom">;
export type IdentityKey = Pick<Sighting, "issuer" | "subject" | "provider">;

/** The account of an identity, and what it is in by this provider's word. `lock`: until commit. */
export async function readKnown(
  from: Reads,
  { issuer, subject, provider }: IdentityKey,
  lock: boolean,
): Promise<Known | undefined> {
  const found = await from
    .selectFrom("identities as i")
    .innerJoin("principals as p", "p.id", "i.principal_id")
    .select(["p.id", "p.name", "p.disabled_at", "p.deleted_at", "p.display_name", "p.email"])
    .select(["i.provider", "i.last_login_at"])
    .where("i.issuer", "=", issuer)
    .where("i.subject", "=", subject)
    .$if(lock, (query) => query.forUpdate())
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const groups = await from
    .selectFrom("group_members")
    .select("group_id")
    .where("principal_id", "=", found.id)
    .where("origin", "=", provider)
    .execute();
  return {
    principalId: found.id,
    name: found.name,
    disabledAt: found.disabled_at,
    deletedAt: found.deleted_at,
    displayName: found.display_name,
    email: found.email,
    provider: found.provider,
    lastLoginAt: found.last_login_at,
    groups: groups.map((row) => row.group_id),
  };
}

/** What this provider's groups mean here. */
export async function readLinks(from: Reads, provider: string): Promise<Link[]> {
  return await from
    .selectFrom("group_links as l")
    .innerJoin("groups as g", "g.id", "l.group_id")
    .select(["l.group_id as groupId", "l.external_name as externalName"])
    .where("l.provider", "=", provider)
    .where("g.deleted_at", "is", null)
    .execute();
}

export interface OwnIdentity {
  readonly subject: string;
  readonly name: string;
}

/** The reads of identities outside of transactions. */
export function provisionReads(db: Database) {
  return {
    known: (of: IdentityKey) => readKnown(db.read, of, false),
    links: (provider: string) => readLinks(db.read, provider),
    /** Who a live account is at an issuer; undefined when it is nobody there. */
    async identityOf(principalId: string, issuer: string): Promise<OwnIdentity | undefined> {
      return await db.read
        .selectFrom("identities as i")
        .innerJoin("principals as p", "p.id", "i.principal_id")
        .select(["i.subject", "p.name"])
        .where("i.principal_id", "=", principalId)
        .where("i.issuer", "=", issuer)
        .where("p.disabled_at", "is", null)
        .where("p.deleted_at", "is", null)
        .executeTakeFirst();
    },
    /** Names of groups, for people who look at them. */
    async groupNames(ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const rows = await db.read
        .selectFrom("groups")
        .select("name")
        .where("id", "in", [...ids])
        .orderBy("name")
        .execute();
      return rows.map((row) => row.name);
    },
    /** Whether a live principal has the name. */
    async isNameTaken(name: string): Promise<boolean> {
      const row = await db.read
        .selectFrom("principals")
        .select("id")
        .where("name", "=", name)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
