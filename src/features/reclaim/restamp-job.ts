import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { markedVersion } from "../../platform/database/version-mark.ts";
import type { JobContext, JobHandler } from "../../platform/jobs/port.ts";
import { enqueueJob } from "../../platform/jobs/queue/store.ts";
import { repositoriesOf } from "../content/repositories/store.ts";
import {
  markStamped,
  type Place,
  RESTAMP,
  type RestampSome,
  restampSome,
  STAMPED_BY,
} from "./store/restamp.ts";

/** Manifests of one transaction. */
const STEP = 100;
/** Repositories of one look. */
const PAGE = 200;

/** Which project has changed its own setting; none when the installation has. */
const payloadShape = z.object({ projectId: z.string().optional() });

interface Parts {
  readonly db: Database;
  readonly clock: Clock;
  readonly settings: { readonly untaggedAfter: number | null };
}

/** Goes through all live manifests after `reclaim.untagged_after` was changed, or a project's own. */
export function restampJob({ db, settings }: Parts): JobHandler {
  const { untaggedAfter } = settings;

  async function through(within: string | null, { signal, now }: JobContext): Promise<void> {
    let after: Place | null = null;
    do {
      signal.throwIfAborted();
      const args: RestampSome = { within, after, limit: STEP, now: now(), untaggedAfter };
      after = await db.write(restampSome, args);
    } while (after !== null);
  }

  async function throughProject(projectId: string, run: JobContext): Promise<void> {
    let after = "";
    for (;;) {
      const repositories = await repositoriesOf(db, projectId, after, PAGE);
      for (const repository of repositories) await through(repository, run);
      after = repositories.at(-1) ?? "";
      if (repositories.length < PAGE) return;
    }
  }

  return {
    kind: RESTAMP,
    async run(payload, run) {
      const { projectId } = payloadShape.parse(payload ?? {});
      if (projectId !== undefined) {
        await throughProject(projectId, run);
        run.log("info", "stamped the manifests of the project by its setting as it is now");
        return;
      }
      await through(null, run);
      await db.write(markStamped, { untaggedAfter });
      run.log("info", "stamped all manifests by the setting as it is now");
    },
  };
}

/** Sees to manifests that were stamped by another setting; what is stamped counts anew from now on. */
export async function restampIfChanged({ db, clock, settings }: Parts): Promise<void> {
  if ((await markedVersion(db, STAMPED_BY)) === (settings.untaggedAfter ?? 0)) return;
  const job = { kind: RESTAMP, uniqueKey: RESTAMP, priority: "low" } as const;
  await db.write(enqueueJob, { job, now: clock.now() });
}
