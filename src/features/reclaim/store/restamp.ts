import { procedure } from "../../../platform/database/port.ts";
import { markVersion } from "../../../platform/database/version-mark.ts";
import { restamp } from "../../content/manifests/store/holds.ts";

/** By which `reclaim.untagged_after` the manifests were stamped last, in milliseconds; 0 is never. */
export const STAMPED_BY = "reclaim.untagged_after";

/** The last manifest of a step, to go on after. */
export interface Place {
  readonly repository: string;
  readonly digest: string;
}

export interface RestampSome {
  readonly after: Place | null;
  readonly limit: number;
  readonly now: number;
  readonly untaggedAfter: number | null;
}

/** Stamps some live manifests by another setting; gives the last of them, null when none was left. */
export const restampSome = procedure(
  "reclaim.restamp-some",
  async (tx, { after, limit, now, untaggedAfter }: RestampSome): Promise<Place | null> => {
    let query = tx
      .selectFrom("manifests")
      .select(["repository_id as repository", "digest"])
      .where("deleted_at", "is", null)
      .orderBy("repository_id")
      .orderBy("digest")
      .limit(limit);
    if (after !== null) {
      query = query.where((e) =>
        e.or([
          e("repository_id", ">", after.repository),
          e.and([e("repository_id", "=", after.repository), e("digest", ">", after.digest)]),
        ]),
      );
    }
    const rows = await query.execute();
    for (const [repository, those] of Map.groupBy(rows, (row) => row.repository)) {
      const digests = those.map(({ digest }) => digest);
      await restamp(tx, repository, digests, { now, untaggedAfter });
    }
    return rows.at(-1) ?? null;
  },
);

/** Writes down that all manifests are stamped by this setting. */
export const markStamped = procedure(
  "reclaim.mark-stamped",
  (tx, { untaggedAfter }: { readonly untaggedAfter: number | null }) =>
    markVersion(tx, STAMPED_BY, untaggedAfter ?? 0),
);
