import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { Pace } from "../../kernel/pace.ts";
import type { Digest } from "../../oci/digest.ts";
import type { RepositoryName } from "../../oci/name.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { Database } from "../../platform/database/port.ts";
import type { AnyListener } from "../../platform/jobs/outbox/listeners.ts";
import type { Doer } from "../audit/entry.ts";
import type { Witnessing } from "../content/deed.ts";
import type { Content } from "../content/service.ts";
import type { Finding, OpenFindings, Scrub } from "./finding.ts";
import { repairProcedures } from "./fsck/store-repair.ts";
import { healListener } from "./heal.ts";
import { integrityJobs, scrubSchedule } from "./job.ts";
import { FIRST } from "./rules.ts";
import type { IntegritySettings } from "./settings.ts";
import { Shift } from "./shift.ts";
import { findingProcedures } from "./store/findings.ts";
import {
  countOpen,
  type Page,
  type PageAsk,
  readFindings,
  readScrub,
  readScrubs,
  wholeScrubs,
} from "./store/read.ts";
import {
  beginScrub,
  changeScrub,
  reviveScrubs,
  type ScrubStep,
  scrubProcedures,
} from "./store/scrubs.ts";
import { hasFinding } from "./store/work.ts";
import { ScrubTally } from "./tally.ts";

export const integrityProcedures = [...findingProcedures, ...scrubProcedures, ...repairProcedures];

export interface IntegrityParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly audit: Witnessing;
  readonly content: Pick<Content, "locate">;
  readonly settings: IntegritySettings;
  readonly changed: () => void;
}

/** What is to be checked: everything when both are left out. */
export interface ToScrub {
  readonly repository?: RepositoryName | undefined;
  readonly digest?: Digest | undefined;
}

export interface IntegrityState extends IntegritySettings {
  readonly current: Scrub | null;
  readonly last: Scrub | null;
  readonly open: OpenFindings;
}

/** Whether stored content is what was pushed, and what to do where it is not. */
export interface Integrity {
  state(): Promise<IntegrityState>;
  findings(ask: PageAsk & { readonly open: boolean | undefined }): Promise<Page<Finding>>;
  scrubs(ask: PageAsk): Promise<Page<Scrub>>;
  /** Throws `api.unknown`. */
  scrub(id: string): Promise<Scrub>;
  /** Throws `repository.unknown`, or `integrity.scrub_active` for a second one of everything. */
  begin(by: Doer, what: ToScrub): Promise<Scrub>;
  /** Throws `api.unknown` or `integrity.scrub_state`. */
  change(by: Doer, id: string, step: ScrubStep): Promise<Scrub>;
  open(): Promise<OpenFindings>;
  readonly tally: ScrubTally;
}

/** Builds the feature on its platform. */
export function openIntegrity(parts: IntegrityParts) {
  const { db, clock, audit, settings, changed, content } = parts;
  const tally = new ScrubTally();
  const shift = { ...parts, tally, pace: new Pace(settings.bytesPerSecond) };

  async function scrub(id: string): Promise<Scrub> {
    const found = await readScrub(db, id);
    if (found === undefined) throw failure("api.unknown", { kind: "scrub", name: id });
    return found;
  }

  const integrity: Integrity = {
    async state() {
      return { ...settings, ...(await wholeScrubs(db)), open: await countOpen(db) };
    },
    findings: (ask) => readFindings(db, ask),
    scrubs: (ask) => readScrubs(db, ask),
    scrub,
    async begin(by, { repository, digest }) {
      const place = repository === undefined ? undefined : await content.locate(repository);
      if (repository !== undefined && place === undefined) {
        throw failure("repository.unknown", { name: repository });
      }
      const id = await db.write(beginScrub, {
        scope: digest !== undefined ? "blob" : place === undefined ? "all" : "repository",
        repositoryId: place?.id ?? null,
        repository: repository ?? null,
        digest: digest ?? null,
        witness: audit.witness(by),
      });
      if (id === undefined) throw failure("integrity.scrub_active");
      changed();
      return scrub(id);
    },
    async change(by, id, step) {
      await db.write(changeScrub, { id, step, witness: audit.witness(by) });
      changed();
      return scrub(id);
    },
    open: () => countOpen(db),
    tally,
  };
  return {
    integrity,
    /**
     * Has content that somebody met as damaged read and judged now. Gives whether something is said
     * of it then. Throws what the signal and the database say, and `service.storage_unavailable`.
     */
    async suspect(digest: Digest, signal: AbortSignal): Promise<boolean> {
      const target = { scope: "blob", repositoryId: null, digest } as const;
      for await (const _ of new Shift(shift, target, signal).steps(FIRST)) signal.throwIfAborted();
      return await hasFinding(db, digest);
    },
    jobs: integrityJobs(shift),
    listeners: [healListener(parts) as AnyListener],
    schedules: settings.schedule === null ? [] : [scrubSchedule(settings.schedule)],
    /** Sees to it that a scrub of before goes on. */
    async start(): Promise<void> {
      await db.write(reviveScrubs, { now: clock.now() });
      changed();
    },
  };
}
