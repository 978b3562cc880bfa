import { eventRow } from "../../../../kernel/events.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { markVersion } from "../../../../platform/database/version-mark.ts";
import type { Trouble } from "../../analyst/trouble.ts";

export interface KeepInsight {
  readonly repositoryId: string;
  readonly digest: string;
  readonly version: number;
  readonly failure: Trouble | null;
  readonly totalSize: number | null;
  readonly document: Uint8Array;
  /** For the event that tells of it. */
  readonly repository: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly principal: string;
  readonly now: number;
}

async function keep(tx: Tx, args: KeepInsight): Promise<void> {
  const { repositoryId, digest, repository, labels, principal, now } = args;
  const manifest = await tx
    .selectFrom("manifests")
    .select("digest")
    .where("repository_id", "=", repositoryId)
    .where("digest", "=", digest)
    .forUpdate()
    .executeTakeFirst();
  if (manifest === undefined) return;
  const row = {
    version: args.version,
    failure: args.failure,
    total_size: args.totalSize,
    document: args.document,
    described_at: now,
  };
  await tx
    .insertInto("artifact_insights")
    .values({ repository_id: repositoryId, digest, ...row })
    .onConflict((c) => c.columns(["repository_id", "digest"]).doUpdateSet(row))
    .execute();
  const told = { repository, repositoryId, digest, labels, principal, at: now };
  await tx
    .insertInto("outbox")
    .values(eventRow("artifact.described", told, now))
    .execute();
}

/** Keeps what was found out about manifests, and tells of it; not of those that have gone meanwhile. */
export const keepInsights = procedure(
  "insight.keep",
  async (tx, { found }: { readonly found: readonly KeepInsight[] }): Promise<void> => {
    // In one order, so that two of them never wait for one another.
    const key = ({ repositoryId, digest }: KeepInsight) => `${repositoryId} ${digest}`;
    const sorted = found.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    for (const each of sorted) await keep(tx, each);
  },
);

/** Where it is noted which version of the analysis everything was made with. */
export const VERSION_MARK = "insight.version";

/** Notes which version of the analysis everything was made with. */
export const keepVersion = procedure(
  "insight.keep-version",
  (tx, { version }: { readonly version: number }): Promise<void> =>
    markVersion(tx, VERSION_MARK, version),
);
