import { failure } from "../../../kernel/errors/catalogue.ts";
import type { JobHandler } from "../../../platform/jobs/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import { type Doer, systemDoer } from "../../audit/entry.ts";
import type { RetentionContext } from "../job.ts";
import { parseImages } from "./rules.ts";
import {
  addRunning,
  dropRunning,
  dropSource,
  endReport,
  type Running,
  readImages,
  readSilent,
  readSource,
  readSources,
  type SourceRow,
} from "./store.ts";

export interface InUseSource extends SourceRow {
  /** Whether it has said nothing for so long that somebody should look. */
  readonly isSilent: boolean;
}

interface Ask {
  readonly after: string | undefined;
  readonly limit: number;
}

/** What is said to be running: nothing of it is taken away by a retention policy. */
export interface InUse {
  /** All that runs there now; what it said before counts no more. Throws `in_use.*`. */
  report(by: Doer, source: string, images: readonly string[]): Promise<InUseSource>;
  sources(ask: Ask): Promise<{ items: readonly InUseSource[]; next: string | undefined }>;
  /** Throws `api.unknown`. */
  images(
    source: string,
    ask: Ask,
  ): Promise<{ items: readonly Running[]; next: string | undefined }>;
  /** Throws `api.unknown`. */
  delete(by: Doer, source: string): Promise<void>;
}

const EXPIRE = "in-use.expire";
const BATCH = 300;

type Parts = Pick<RetentionContext, "db" | "clock" | "audit" | "settings">;

export function openInUse({ db, clock, audit, settings }: Parts) {
  function viewOf(row: SourceRow): InUseSource {
    return { ...row, isSilent: clock.now() - row.reportedAt > settings.silentAfter };
  }

  async function require(source: string): Promise<InUseSource> {
    const row = await readSource(db, source);
    if (row === undefined) throw failure("api.unknown", { kind: "source", name: source });
    return viewOf(row);
  }

  async function forget(source: string, before: number): Promise<void> {
    while ((await db.write(dropRunning, { source, before })) > 0);
  }

  async function remove(by: Doer, source: string): Promise<boolean> {
    const isThere = await db.write(dropSource, { witness: audit.witness(by), source });
    await forget(source, Number.MAX_SAFE_INTEGER);
    return isThere;
  }

  const inUse: InUse = {
    async report(by, source, given) {
      const images = parseImages(given);
      const now = clock.now();
      for (let at = 0; at < images.length; at += BATCH) {
        await db.write(addRunning, { source, images: images.slice(at, at + BATCH), now });
      }
      const witness = audit.witness(by);
      await db.write(endReport, { witness, source, images: images.length });
      await forget(source, now);
      return require(source);
    },
    async sources({ after = "", limit }) {
      const rows = await readSources(db, after, limit + 1);
      const items = rows.slice(0, limit).map(viewOf);
      return { items, next: rows.length > limit ? items.at(-1)?.name : undefined };
    },
    async images(source, { after = "", limit }) {
      await require(source);
      const rows = await readImages(db, source, after, limit + 1);
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? items.at(-1)?.digest : undefined };
    },
    async delete(by, source) {
      if (await remove(by, source)) return;
      throw failure("api.unknown", { kind: "source", name: source });
    },
  };
  const expire: JobHandler = {
    kind: EXPIRE,
    async run(_, { now, log, signal }) {
      if (settings.expireAfter === null) return;
      for (const source of await readSilent(db, now() - settings.expireAfter)) {
        signal.throwIfAborted();
        await remove(systemDoer, source);
        log("warn", `nothing was heard of ${source}: what it said to be running counts no more`);
      }
    },
  };
  const schedule: Schedule = { name: EXPIRE, kind: EXPIRE, cron: "*/5 * * * *", timeZone: "UTC" };
  return { inUse, jobs: [expire], schedules: [schedule] };
}
