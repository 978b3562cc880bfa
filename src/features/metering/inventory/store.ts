import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";

/** What one look at the next rows found; `last` is null when there were no more. */
export interface Look {
  readonly rows: number;
  readonly bytes: number;
  readonly last: readonly [string, string, string] | null;
}

type Key = readonly [string, string, string];

/** Looks at the next `limit` rows after a key: one range of an index, so that nothing else waits long. */
export type Looker = (db: Database, after: Key, limit: number) => Promise<Look>;

interface Row {
  readonly a: string;
  readonly b?: string;
  readonly c?: string;
  readonly bytes: number;
  /** 1 for a row that counts. */
  readonly counts: number;
}

function summed(rows: readonly Row[]): Look {
  const last = rows.at(-1);
  let [count, bytes] = [0, 0];
  for (const row of rows) {
    if (row.counts !== 1) continue;
    count += 1;
    bytes += row.bytes;
  }
  return {
    rows: count,
    bytes,
    last: last === undefined ? null : [last.a, last.b ?? "", last.c ?? ""],
  };
}

const one = sql<number>`1`.as("counts");
const noBytes = sql<number>`0`.as("bytes");

/** Bytes that are there: what every repository shares counts once. */
export const lookAtBlobs: Looker = async (db, [digest], limit) =>
  summed(
    await db.read
      .selectFrom("blobs")
      .select(["digest as a", "size as bytes"])
      .select(sql<number>`case when state = 'live' then 1 else 0 end`.as("counts"))
      .where("digest", ">", digest)
      .orderBy("digest")
      .limit(limit)
      .execute(),
  );

/** Live manifests, and the bytes of all blobs that each refers to: what it would take without sharing. */
export const lookAtManifests: Looker = async (db, [repository, digest], limit) =>
  summed(
    await db.read
      .selectFrom("manifests")
      .select(["repository_id as a", "digest as b"])
      .select(sql<number>`case when deleted_at is null then 1 else 0 end`.as("counts"))
      .select((eb) =>
        sql<number>`coalesce(${eb
          .selectFrom("manifest_blobs")
          .innerJoin("blobs", "blobs.digest", "manifest_blobs.digest")
          .select(sql<number>`cast(sum(blobs.size) as bigint)`.as("all"))
          .whereRef("manifest_blobs.repository_id", "=", "manifests.repository_id")
          .whereRef("manifest_blobs.manifest", "=", "manifests.digest")}, 0)`.as("bytes"),
      )
      .where((eb) => eb(eb.refTuple("repository_id", "digest"), ">", eb.tuple(repository, digest)))
      .orderBy("repository_id")
      .orderBy("digest")
      .limit(limit)
      .execute(),
  );

export const lookAtTags: Looker = async (db, [repository, name], limit) =>
  summed(
    await db.read
      .selectFrom("tags")
      .select(["repository_id as a", "name as b", one, noBytes])
      .where((eb) => eb(eb.refTuple("repository_id", "name"), ">", eb.tuple(repository, name)))
      .orderBy("repository_id")
      .orderBy("name")
      .limit(limit)
      .execute(),
  );

export const lookAtRepositories: Looker = async (db, [name], limit) =>
  summed(
    await db.read
      .selectFrom("repositories")
      .select(["name as a", one, noBytes])
      .where("name", ">", name)
      .where("deleted_at", "is", null)
      .orderBy("name")
      .limit(limit)
      .execute(),
  );

export const lookAtProjects: Looker = async (db, [name], limit) =>
  summed(
    await db.read
      .selectFrom("projects")
      .select(["name as a", one, noBytes])
      .where("name", ">", name)
      .where("deleted_at", "is", null)
      .orderBy("name")
      .limit(limit)
      .execute(),
  );

export const lookAtGroups: Looker = async (db, [id], limit) =>
  summed(
    await db.read
      .selectFrom("groups")
      .select(["id as a", noBytes])
      .select(sql<number>`case when deleted_at is null then 1 else 0 end`.as("counts"))
      .where("id", ">", id)
      .orderBy("id")
      .limit(limit)
      .execute(),
  );

/** Live accounts of a kind. */
export const lookAtPrincipals =
  (kind: "user" | "robot"): Looker =>
  async (db, [id], limit) =>
    summed(
      await db.read
        .selectFrom("principals")
        .select(["id as a", noBytes])
        .select(
          sql<number>`case when deleted_at is null and kind = ${sql.lit(kind)} then 1 else 0 end`.as(
            "counts",
          ),
        )
        .where("id", ">", id)
        .orderBy("id")
        .limit(limit)
        .execute(),
    );
