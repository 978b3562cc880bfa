import type { JWK } from "jose";
import { type Clock, DAY } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import type { JobHandler } from "../../platform/jobs/port.ts";
import type { Keyring } from "../../platform/sealing/keyring.ts";
import { openSyslog } from "../../platform/syslog/open.ts";
import type { SyslogTarget } from "../../platform/syslog/port.ts";
import type { Logger } from "../../platform/telemetry/telemetry.ts";
import { Checkpointer } from "./checkpoints/checkpointer.ts";
import { keyId } from "./checkpoints/signature.ts";
import { type AuditEntry, type Doer, done, type Witness } from "./entry.ts";
import { type ExportFormat, exported } from "./export.ts";
import { Forwarder } from "./forward/forwarder.ts";
import { purgeAuditJob } from "./job.ts";
import { openKeys } from "./keys.ts";
import { Lane } from "./lane.ts";
import { type AuditPage, readAll, readPage } from "./list.ts";
import { OnceAMinute } from "./once-a-minute.ts";
import { type Pull, PullGatherer, pullEntry } from "./pulls.ts";
import type { AuditFilter } from "./store/list.ts";
import { recordedEver } from "./store/read.ts";
import { type Verdict, type VerifyOptions, verifyLog } from "./verify/verify.ts";

export interface AuditSettings {
  /** Pulls one row per minute, committed within a second; or each before it is answered. */
  readonly pulls: "gathered" | "each";
  /** Milliseconds that entries are kept; 180 days when left out. */
  readonly keep?: number | undefined;
  /** Where entries are forwarded to. */
  readonly syslog?: SyslogTarget | undefined;
}

export interface AuditParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly settings: AuditSettings;
  readonly logger: Logger;
}

/** Figures for gauges. */
export interface AuditStats {
  /** Entries ever recorded, by all nodes, those that were purged included. */
  readonly entries: number;
  /** Pulls of this node that are not committed yet. */
  readonly pullsWaiting: number;
  /** Milliseconds since the last checkpoint of any node; null before the first. */
  readonly lastCheckpointAge: number | null;
}

export interface PageRequest {
  /** Id of the last entry of the page before. */
  readonly after?: string | null | undefined;
  /** Most entries: 1 to 1,000. */
  readonly limit: number;
}

/** The audit log (A67): append-only, chained, sealed. */
export interface Audit {
  /** For a write that records in its own transaction: stamps the time now. */
  witness(doer: Doer): Witness;
  /** Records in a transaction of its own; durable when resolved. Throws 503: then do not act. */
  append(doer: Doer, entries: readonly AuditEntry[]): Promise<void>;
  /** Records a pull; await it before the answer. Throws 503 when it cannot be recorded. */
  pull(doer: Doer, pull: Pull): void | Promise<void>;
  /** Newest first. Recorded as `audit.read` once a minute. Throws `audit.bad_cursor`. */
  list(doer: Doer, filter: AuditFilter, page: PageRequest): Promise<AuditPage>;
  /** Oldest first, up to now; recorded as `audit.export` before it gives anything. */
  export(doer: Doer, format: ExportFormat, filter: AuditFilter): Promise<AsyncIterable<string>>;
  /** Looks for tampering, and records what came of it as `audit.verify`. */
  verify(doer: Doer, options?: VerifyOptions): Promise<Verdict>;
  /** Signs the heads of the chains now. */
  checkpoint(): Promise<void>;
  /** Verifies checkpoints: a JWK with `kid`. */
  readonly publicKey: JWK & { readonly kid: string };
  stats(): Promise<AuditStats>;
  /** The work in the background; `auditSchedules` says when. */
  readonly jobs: readonly JobHandler[];
  /** Commits what waits, and signs a last checkpoint. */
  close(): Promise<void>;
}

const KEEP = 180 * DAY;
const THE_LOG = { kind: "audit", id: null, name: null } as const;

/** Opens the log; its keys are made at the first use. Throws `secrets.unreadable`. */
export async function openAudit(parts: AuditParts): Promise<Audit> {
  const { db, clock, keyring, settings, logger } = parts;
  const keys = await openKeys(db, keyring);
  const lane = new Lane(db, keys.headKey);
  const gatherer = new PullGatherer({ lane, clock, logger });
  const checkpointer = new Checkpointer({ db, clock, keys, logger });
  const reads = new OnceAMinute();
  const { pulls, keep = KEEP, syslog } = settings;
  const forwarder =
    syslog === undefined
      ? undefined
      : new Forwarder({ db, clock, logger, sender: openSyslog(syslog) });
  await forwarder?.start();

  const append = (doer: Doer, entries: readonly AuditEntry[]) => {
    const at = clock.now();
    return lane.append(entries.map((entry) => ({ doer, at, entry })));
  };
  const about = (action: string, details: AuditEntry["details"], project?: string) =>
    done(action, THE_LOG, { project: project ?? null, details });

  return {
    witness: (doer) => ({ doer, at: clock.now(), headKey: keys.headKey }),
    append,
    pull(doer, pull) {
      if (pulls === "gathered") return gatherer.add(doer, pull);
      const tags = pull.tag === undefined ? {} : { tags: [pull.tag] };
      return append(doer, [pullEntry(pull, { count: 1, ...tags })]);
    },
    async list(doer, filter, { after = null, limit }) {
      await reads.run(doer.id, clock.now(), () =>
        append(doer, [about("audit.read", { filter }, filter.project)]),
      );
      const most = Math.max(1, Math.min(1_000, limit));
      return readPage(db, { filter, order: "newest", after, limit: most });
    },
    async export(doer, format, filter) {
      const to = Math.min(filter.to ?? Number.MAX_SAFE_INTEGER, clock.now());
      await append(doer, [about("audit.export", { format, filter }, filter.project)]);
      return exported(format, readAll(db, { ...filter, to }));
    },
    async verify(doer, options) {
      const verdict = await verifyLog(db, keys, options);
      const { findings, more, ...counts } = verdict;
      const found = findings.length + more;
      await append(doer, [about("audit.verify", { ...counts, found })]);
      return verdict;
    },
    checkpoint: () => checkpointer.make(),
    publicKey: {
      ...keys.publicKey.export({ format: "jwk" }),
      kid: keyId(keys.publicKey),
      use: "sig",
      alg: "EdDSA",
    },
    async stats() {
      const [entries, lastCheckpointAge] = await Promise.all([
        recordedEver(db),
        checkpointer.age(),
      ]);
      return { entries, pullsWaiting: gatherer.waiting, lastCheckpointAge };
    },
    jobs: [
      purgeAuditJob({ db, headKey: keys.headKey, keep, checkpoint: () => checkpointer.make() }),
    ],
    async close() {
      await gatherer.close();
      await checkpointer.close();
      await forwarder?.close();
    },
  };
}
