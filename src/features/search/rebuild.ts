import type { Database } from "../../platform/database/port.ts";
import type { JobContext, JobHandler } from "../../platform/jobs/port.ts";
import type { InventoryReads, Listed, Place } from "./store/inventory.ts";
import { clearIndex, keepIndex, keepVersion, type TouchedRepository } from "./store/write.ts";

export const REBUILD = "search.rebuild";

/** Of the rules by which texts become terms: another one makes the index anew. */
export const VERSION = 1;

/** Rows of a step. Between two steps other writes have their turn. */
const STEP = 300;

export type LabelsOf = (
  repositoryId: string,
  digests: readonly string[],
) => Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;

interface Rebuilding {
  readonly db: Database;
  readonly reads: InventoryReads;
  readonly labelsOf: LabelsOf;
}

type Touch = (rows: readonly Listed[]) => Promise<TouchedRepository[]>;

/** Indexes rows that belong together by their projects. */
async function keepRows(db: Database, rows: readonly Listed[], touch: Touch): Promise<void> {
  const byProject = Map.groupBy(rows, (row) => row.projectId);
  // At once, so that they share commits; not more than the rows of one step.
  await Promise.all(
    [...byProject].map(async ([projectId, those]) => {
      await db.write(keepIndex, { projectId, repositories: await touch(those) });
    }),
  );
}

function byRepository(rows: readonly Listed[]): Map<string, Listed[]> {
  return Map.groupBy(rows, ({ repositoryId }) => repositoryId);
}

const touchTags: Touch = async (rows) =>
  [...byRepository(rows)].map(([id, those]) => {
    return { id, tags: those.map(({ name }) => name), artifacts: [] };
  });

function touchArtifacts(labelsOf: LabelsOf): Touch {
  return (rows) =>
    Promise.all(
      [...byRepository(rows)].map(async ([id, those]) => {
        const digests = those.map(({ name }) => name);
        const labels = await labelsOf(id, digests);
        const artifacts = digests.map((digest) => ({ digest, labels: labels.get(digest) ?? null }));
        return { id, tags: [], artifacts };
      }),
    );
}

/** Indexes everything that is there. What is pushed meanwhile is indexed as ever. */
export function rebuildJob({ db, reads, labelsOf }: Rebuilding): JobHandler {
  async function throughTable(
    read: (after: Place, limit: number) => Promise<Listed[]>,
    touch: Touch,
    tell: (rows: number) => void,
    { signal }: JobContext,
  ): Promise<void> {
    let after: Place = { repositoryId: "", name: "" };
    for (;;) {
      signal.throwIfAborted();
      const rows = await read(after, STEP);
      await keepRows(db, rows, touch);
      tell(rows.length);
      const last = rows.at(-1);
      if (last === undefined || rows.length < STEP) return;
      after = last;
    }
  }

  return {
    kind: REBUILD,
    async run(_payload, context) {
      let done = 0;
      const tell = (rows: number) => {
        done += rows;
        context.progress(done);
      };
      await db.write(clearIndex, undefined);
      for (let after: string | undefined = ""; after !== undefined; ) {
        context.signal.throwIfAborted();
        const rows = await reads.projects(after, STEP);
        for (const { id } of rows) await db.write(keepIndex, { projectId: id, repositories: [] });
        tell(rows.length);
        after = rows.length < STEP ? undefined : rows.at(-1)?.id;
      }
      const none: Touch = async (rows) =>
        rows.map((r) => ({ id: r.repositoryId, tags: [], artifacts: [] }));
      await throughTable(
        async ({ repositoryId }, limit) =>
          (await reads.repositories(repositoryId, limit)).map(({ id, projectId }) => {
            return { repositoryId: id, projectId, name: "" };
          }),
        none,
        tell,
        context,
      );
      await throughTable(reads.tags, touchTags, tell, context);
      await throughTable(reads.manifests, touchArtifacts(labelsOf), tell, context);
      await db.write(keepVersion, { version: VERSION });
      context.log("info", `indexed ${done} names and artifacts`);
    },
  };
}
