import { type Kysely, sql } from "kysely";
import type { Schema } from "../../../platform/database/schema/schema.ts";

/** The rest of a walk along a key, a page at a time. */
async function* walk<R>(
  limit: number,
  next: (after: readonly [string, string, string]) => Promise<R[]>,
  keyOf: (row: R) => readonly [string, string, string],
): AsyncGenerator<R[]> {
  let after: readonly [string, string, string] = ["", "", ""];
  for (;;) {
    const page = await next(after);
    yield page;
    const last = page.at(-1);
    if (page.length < limit || last === undefined) return;
    after = keyOf(last);
  }
}

const LARGE = 16;
const ROWS = 500;

/** Every manifest with its bytes. */
export function manifestPages(db: Kysely<Schema>) {
  return walk(
    LARGE,
    ([repository, digest]) =>
      db
        .selectFrom("manifests as m")
        .innerJoin("repositories as r", "r.id", "m.repository_id")
        .select(["m.repository_id", "r.name", "m.digest", "m.size", "m.payload"])
        .where(sql<boolean>`(m.repository_id, m.digest) > (${repository}, ${digest})`)
        .orderBy("m.repository_id")
        .orderBy("m.digest")
        .limit(LARGE)
        .execute(),
    (row) => [row.repository_id, row.digest, ""],
  );
}

/** What live manifests need and the store does not have, as far as the registry ever had it. */
export function lackingBlobs(db: Kysely<Schema>) {
  return walk(
    ROWS,
    ([repository, manifest, digest]) =>
      db
        .selectFrom("manifest_blobs as e")
        .innerJoin("manifests as m", (join) =>
          join
            .onRef("m.repository_id", "=", "e.repository_id")
            .onRef("m.digest", "=", "e.manifest"),
        )
        .innerJoin("repositories as r", "r.id", "e.repository_id")
        .innerJoin("blobs as b", "b.digest", "e.digest")
        .select(["e.repository_id", "r.name", "e.manifest", "e.digest"])
        .where("m.deleted_at", "is", null)
        .where("r.deleted_at", "is", null)
        .where("b.state", "!=", "live")
        .where(
          sql<boolean>`(e.repository_id, e.manifest, e.digest) > (${repository}, ${manifest}, ${digest})`,
        )
        .orderBy("e.repository_id")
        .orderBy("e.manifest")
        .orderBy("e.digest")
        .limit(ROWS)
        .execute(),
    (row) => [row.repository_id, row.manifest, row.digest],
  );
}

/** Every tag, and whether its manifest is there. */
export function tagPages(db: Kysely<Schema>) {
  return walk(
    ROWS,
    ([repository, tag]) =>
      db
        .selectFrom("tags as t")
        .innerJoin("repositories as r", "r.id", "t.repository_id")
        .leftJoin("manifests as m", (join) =>
          join
            .onRef("m.repository_id", "=", "t.repository_id")
            .onRef("m.digest", "=", "t.manifest"),
        )
        .select(["t.repository_id", "r.name", "t.name as tag"])
        .select(sql<number>`case when m.digest is null then 0 else 1 end`.as("isThere"))
        .where(sql<boolean>`(t.repository_id, t.name) > (${repository}, ${tag})`)
        .orderBy("t.repository_id")
        .orderBy("t.name")
        .limit(ROWS)
        .execute(),
    (row) => [row.repository_id, row.tag, ""],
  );
}

/** Values that only the keys of the installation open: one of each kind is enough to tell. */
export async function sealedIn(db: Kysely<Schema>): Promise<string[]> {
  const keys = await db.selectFrom("signing_keys").select("sealed_key as value").limit(1).execute();
  const facts = await db
    .selectFrom("settings")
    .select("value")
    .where("value", "like", "s1.%")
    .limit(1)
    .execute();
  const factors = await db
    .selectFrom("factors")
    .select("secret as value")
    .where("secret", "like", "s1.%")
    .limit(1)
    .execute();
  return [...keys, ...facts, ...factors].map(({ value }) => value);
}
