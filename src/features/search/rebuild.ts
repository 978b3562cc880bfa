import type { Database } from "../../platform/database/port.ts";
import type { JobHandler } from "../../platform/jobs/port.ts";
import type { InventoryReads, Listed, Place } from "./store/inventory.ts";
import type { TouchedRepository } from "./store/touched.ts";
import { clearIndex, keepIndex, keepVersion } from "./store/write.ts";

export const REBUILD = "search.rebuild";

/** Of the rules by which texts become terms: another one makes the index anew. */
export const VERSION = 1;

/** Rows of a step. Between two steps other writes have their turn. */
const STEP = 300;

/** An artifact has many texts. */
const STEP_OF_ARTIFACTS = 100;

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

function byRepository(rows: readonly Listed[]): Map<string, Listed[]> {
  return Map.groupBy(rows, ({ repositoryId }) => repositoryId);
}

const touchNames: Touch = async (rows) =>
  rows.map(({ repositoryId }) => ({ id: repositoryId, tags: [], artifacts: [] }));

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

interface Walk {
  readonly step: number;
  readonly tell: (rows: number) => void;
  readonly signal: AbortSignal;
}

/** Indexes everything that is there. What is pushed meanwhile is indexed as ever. */
export function rebuildJob({ db, reads, labelsOf }: Rebuilding): JobHandler {
  async function throughTable(
    read: (after: Place, limit: number) => Promise<Listed[]>,
    touch: Touch,
    { step, tell, signal }: Walk,
  ): Promise<void> {
    let after: Place = { repositoryId: "", name: "" };
    for (;;) {
      signal.throwIfAborted();
      const rows = await read(after, step);
      const repositories = await touch(rows);
      if (rows.length > 0) await db.write(keepIndex, { projects: [], repositories });
      tell(rows.length);
      const last = rows.at(-1);
      if (last === undefined || rows.length < step) return;
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
        const ids: string[] = (await reads.projects(after, STEP)).map(({ id }) => id);
        await db.write(keepIndex, { projects: ids, repositories: [] });
        tell(ids.length);
        after = ids.length < STEP ? undefined : ids.at(-1);
      }
      const names: Walk = { step: STEP, tell, signal: context.signal };
      await throughTable(reads.repositories, touchNames, names);
      await throughTable(reads.tags, touchTags, names);
      const artifacts = { ...names, step: STEP_OF_ARTIFACTS };
      await throughTable(reads.manifests, touchArtifacts(labelsOf), artifacts);
      await db.write(keepVersion, { version: VERSION });
      context.log("info", `indexed ${done} names and artifacts`);
    },
  };
}
