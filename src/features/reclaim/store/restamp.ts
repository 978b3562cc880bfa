import type { Objection } from "../../../platform/database/objection.ts";
import { procedure } from "../../../platform/database/port.ts";
import { markVersion } from "../../../platform/database/version-mark.ts";
import { enqueueIn } from "../../../platform/jobs/queue/store.ts";
import { restamp } from "../../content/manifests/store/holds.ts";
import type { UntaggedChange } from "../../projects/objections.ts";

export const RESTAMP = "reclaim.restamp";

/** By which `reclaim.untagged_after` the manifests were stamped last, in milliseconds; 0 is never. */
export const STAMPED_BY = "reclaim.untagged_after";

/** The last manifest of a step, to go on after. */
export interface Place {
  readonly repository: string;
  readonly digest: string;
}

export interface RestampSome {
  /** The one repository to go through; null for all. */
  readonly within: string | null;
  readonly after: Place | null;
  readonly limit: number;
  readonly now: number;
  readonly untaggedAfter: number | null;
}

/** Stamps some live manifests by another setting; gives the last of them, null when none was left. */
export const restampSome = procedure(
  "reclaim.restamp-some",
  async (tx, args: RestampSome): Promise<Place | null> => {
    const { within, after, limit, now, untaggedAfter } = args;
    let query = tx
      .selectFrom("manifests")
      .select(["repository_id as repository", "digest"])
      .where("deleted_at", "is", null)
      .orderBy("repository_id")
      .orderBy("digest")
      .limit(limit);
    if (within !== null) query = query.where("repository_id", "=", within);
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

/**
 * Has the manifests of a project stamped by what it says now. Each change has a job of its own: one
 * that is under way has passed manifests by the setting before.
 */
export const restampProject: Objection<UntaggedChange> = async (tx, { projectId, now }) => {
  const job = { kind: RESTAMP, payload: { projectId }, priority: "low" } as const;
  await enqueueIn(tx, job, now);
};
