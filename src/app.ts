import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Closing } from "./closing.ts";
import type { Config } from "./config/schema.ts";
import { apiRoutes } from "./doors/api/door.ts";
import { consoleRoutes } from "./doors/console/door.ts";
import { front } from "./doors/front.ts";
import { ociRoutes } from "./doors/oci/route.ts";
import { exposition, opsRoutes } from "./doors/ops/door.ts";
import { tokenRoutes } from "./doors/token/door.ts";
import { openDoors } from "./doors.ts";
import { grantable } from "./features/access/permissions.ts";
import { openAccess } from "./features/access/service.ts";
import { openAudit } from "./features/audit/service.ts";
import { openContent } from "./features/content/service.ts";
import { type FirstPasswordFile, firstPasswordFile } from "./features/identity/first-password.ts";
import { Revision } from "./features/identity/revision/revision.ts";
import { openInsight } from "./features/insight/service.ts";
import { type Jobs, openJobs } from "./features/jobs/service.ts";
import { openLimits } from "./features/limits/service.ts";
import { openPersonal } from "./features/personal/service.ts";
import { quotaAdmission } from "./features/quota/service.ts";
import { openRegistryTokens } from "./features/registry-tokens/service.ts";
import { openSearch } from "./features/search/service.ts";
import { openSystem } from "./features/system/service.ts";
import { openWorkload } from "./features/workload/service.ts";
import { hangGauges } from "./gauges.ts";
import { housekeeping, schedules } from "./housekeeping.ts";
import { hangInsightGauges } from "./insight-gauges.ts";
import { hangJobGauges } from "./job-gauges.ts";
import { systemClock } from "./kernel/clock.ts";
import { failure } from "./kernel/errors/catalogue.ts";
import { newSecretId } from "./kernel/ids.ts";
import { keyringOf } from "./keys.ts";
import { listenHooks } from "./listen-hooks.ts";
import { openMeasuring } from "./measuring.ts";
import { originOf, portsOf } from "./origins.ts";
import { outboundOf } from "./outbound.ts";
import { openPeople } from "./people.ts";
import { openConsoleAssets } from "./platform/assets/open.ts";
import { openFilesystemBlobs } from "./platform/blobs/filesystem.ts";
import type { BlobStore } from "./platform/blobs/port.ts";
import { requirePlugged } from "./platform/database/objection.ts";
import type { Database } from "./platform/database/port.ts";
import { openPostgres } from "./platform/database/postgres/open.ts";
import { openSqlite } from "./platform/database/sqlite/open.ts";
import { openIsolation } from "./platform/isolation/spawn.ts";
import type { Enqueued, NewJob } from "./platform/jobs/port.ts";
import { JobsWorker } from "./platform/jobs/worker/worker.ts";
import type { Handler } from "./platform/listen/handler.ts";
import { type Listening, listen } from "./platform/listen/listen.ts";
import { lockFolder } from "./platform/lockfile/lock.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";
import "./procedures.ts";
import { hangSearchGauges } from "./search-gauges.ts";
import {
  auditSettings,
  contentSettings,
  insightSettings,
  limitSettings,
  tokenSettings,
} from "./settings.ts";
import { NODE, nodeFacts } from "./system.ts";
import { openUpkeep } from "./upkeep.ts";

/** The classes that requests are counted by. */
export const routeClasses: readonly string[] = [
  ...ociRoutes,
  ...tokenRoutes,
  ...apiRoutes,
  ...opsRoutes,
  ...consoleRoutes,
];

export interface App {
  /** Where it listens. */
  readonly urls: readonly string[];
  /** Ends what is under way within the deadline, then everything. Idempotent. */
  close(): Promise<void>;
}

/** What the caller brings along. */
export interface AppParts {
  /** Opened by the caller, in place of what is configured. */
  readonly blobs?: BlobStore | undefined;
  readonly database?: Database | undefined;
  /** Where each setting that was given comes from. */
  readonly origins?: ReadonlyMap<string, string>;
  /** Told at the start that made the first administrator with a random password. */
  readonly onFirstPassword?: (password: string, file: FirstPasswordFile) => Promise<void>;
}

const CONNECTIONS = 20;

function openDatabase(config: Config): Promise<Database> {
  // PostgreSQL runs the write transactions here: whoever objects to them must be there.
  requirePlugged();
  const url = config.database?.reveal();
  if (url !== undefined) return openPostgres({ url, connections: CONNECTIONS });
  const file = join(config.data, "entrepot.sqlite");
  return openSqlite({ file, writerEntry: new URL("./writer.ts", import.meta.url) });
}

function requestIds(): () => string {
  const process = newSecretId().slice(0, 8);
  let count = 0;
  return () => `${process}-${(count++).toString(36)}`;
}

/**
 * Opens the platform, builds the features, hangs the doors, starts the workers. `close` ends what
 * was given in `parts` too.
 */
export async function openApp(
  config: Config,
  telemetry: Telemetry,
  parts: AppParts = {},
): Promise<App> {
  const closing = new Closing(config.server.stopDeadline);
  try {
    return await open(config, telemetry, parts, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function open(
  config: Config,
  telemetry: Telemetry,
  parts: AppParts,
  closing: Closing,
): Promise<App> {
  const { logger } = telemetry;
  const clock = systemClock;
  const startedAt = clock.now();
  const { origins = new Map<string, string>() } = parts;
  const storage = config.storage.path === "" ? join(config.data, "storage") : config.storage.path;
  for (const folder of new Set([config.data, storage])) {
    await mkdir(folder, { recursive: true, mode: 0o750 });
    const lock = await lockFolder(folder);
    closing.add(async () => lock.release());
  }
  const db = parts.database ?? (await openDatabase(config));
  closing.add(() => db.close());
  const blobs = parts.blobs ?? (await openFilesystemBlobs({ root: storage }));
  closing.add(() => blobs.close());

  const keyring = await keyringOf(config);
  const revision = new Revision(db, clock);
  closing.add(async () => revision.close());
  await revision.changed();
  const audit = await openAudit({
    db,
    clock,
    keyring,
    logger,
    settings: await auditSettings(config),
  });
  closing.add(() => audit.close());
  const access = openAccess({ db, clock, revision, audit });
  const outbound = await outboundOf(config);
  const base = { config, db, clock, keyring, revision, audit, access, logger };
  const people = openPeople({ ...base, outbound });
  const { identity, providers, factors } = people;
  closing.add(() => providers.close());
  closing.add(() => identity.close());
  await factors.reseal();
  const tokens = openRegistryTokens({ ...base, identity, settings: tokenSettings(config) });
  await tokens.keys.tend();
  const workload = openWorkload({
    ...base,
    identity,
    outbound,
    knownActions: new Set(grantable),
    onFault: (source, error) =>
      logger.warn({ err: error, source }, "an issuer's keys are not to be had"),
  });
  const limits = openLimits({
    db,
    clock,
    revision,
    settings: limitSettings(config),
    onFault: (error) => logger.error({ err: error }, "pulls could not be counted for other nodes"),
  });
  closing.add(() => limits.close());
  const measuring = openMeasuring({ ...base, telemetry, blobs, identity });
  const { metering, lens, daily } = measuring;
  closing.add(() => metering.close());
  if (!config.auth.insecureNoAuth) {
    const file = firstPasswordFile(config.data);
    const password = await identity.bootstrap(config.admin.password?.reveal(), file);
    // Before anything that may end this start, such as a port in use: there is no second telling.
    if (password !== undefined) await parts.onFirstPassword?.(password, file);
  }

  let notify = () => {};
  const settings = contentSettings(config);
  const changed = () => notify();
  const stored = openContent({ ...base, blobs, settings, changed, admit: quotaAdmission(db) });
  const { content } = stored;
  let cancel: Jobs["cancel"] = () => Promise.reject(failure("service.stopping"));
  let enqueue = (_: NewJob): Promise<Enqueued> => Promise.reject(failure("service.stopping"));
  const insight = openInsight({
    db,
    clock,
    content,
    changed,
    isolation: openIsolation(new URL("./main.ts", import.meta.url)),
    settings: insightSettings(config),
    enqueue: (job) => enqueue(job),
  });
  const { insights } = insight;
  const { labelsOf } = insights;
  const searching = openSearch({ db, access, labelsOf, enqueue: (job) => enqueue(job) });
  const tending = { ...base, telemetry, blobs, content, changed, insights };
  const upkeep = openUpkeep({ ...tending, cancel: (...all) => cancel(...all) });
  const worker = new JobsWorker({
    db,
    clock,
    node: NODE,
    handlers: [
      ...stored.jobs,
      ...tokens.jobs,
      ...audit.jobs,
      ...measuring.jobs,
      ...insight.jobs,
      ...searching.jobs,
      ...upkeep.jobs,
      ...housekeeping(db),
    ],
    listeners: [...insight.listeners, ...searching.listeners, ...upkeep.listeners],
    concurrency: config.jobs.concurrency,
    schedules: [...schedules, ...insight.schedules, ...upkeep.schedules],
    onFault: (where, error) => logger.error({ err: error, where }, "a background step failed"),
  });
  notify = () => worker.notify();
  enqueue = (job) => worker.enqueue(job);
  await worker.start();
  await insight.start();
  await searching.start();
  await upkeep.start();
  closing.add((left) => worker.stop(left));
  closing.add(() => upkeep.stop());

  const jobs = openJobs({
    ...base,
    worker,
    onFault: (error) => logger.warn({ err: error }, "a job could not be looked at"),
  });
  cancel = jobs.cancel;
  hangJobGauges(telemetry, jobs);
  hangGauges(telemetry, { content, blobs, worker, audit, identity, metering });
  hangInsightGauges(telemetry, insights);
  hangSearchGauges(telemetry, searching.search);

  let listening: Listening | undefined;
  const stopping = async () => {
    if (listening?.stopping === true) throw failure("service.stopping");
  };
  const checks = [
    { name: "serving", check: stopping },
    { name: "database", check: () => db.probe() },
    { name: "storage", check: () => blobs.probe() },
  ];
  const listened = { ports: [] as number[] };
  const { minFreeBytes, minFreePercent } = config.storage;
  const system = openSystem({
    db,
    clock,
    facts: nodeFacts({ config, origins, engine: db.engine, storage, startedAt }),
    checks,
    capacity: () => blobs.capacity(),
    leastFree: { bytes: minFreeBytes, percent: minFreePercent },
    fullAt: async () => (await daily.figures())?.fullAt ?? null,
    listening: () => {
      const { urls = [], certificate } = listening ?? {};
      return { urls, validTo: certificate?.validTo };
    },
  });
  const statistics = {
    capacity: () => blobs.capacity(),
    uploadsOpen: () => content.uploads.open(),
    routes: () => telemetry.routes(),
    node: NODE,
    since: startedAt,
  };
  const doors = openDoors({
    ...base,
    ...people,
    telemetry,
    content,
    ...upkeep.services,
    insights,
    limits,
    tokens,
    workload,
    jobs,
    lens,
    daily,
    metering,
    search: searching.search,
    personal: openPersonal({ ...base, recentUses: metering.recent }),
    system,
    statistics,
    checks,
    autoCreate: settings.autoCreate,
    assets: await openConsoleAssets(),
    originOf: originOf(config, listened, clock),
    newRequestId: requestIds(),
  });
  const hooks = listenHooks(logger);
  const { server } = config;
  const { certFile, keyFile } = server.tls;
  listening = await listen(
    {
      addresses: server.listen,
      tls: certFile === "" ? undefined : { certFile, keyFile },
      http3: server.http3,
      publicUrl: server.publicUrl === "" ? undefined : server.publicUrl,
      trustedProxies: server.trustedProxies,
      forwarded: server.forwarded,
      maxConnections: server.maxConnections,
    },
    front(doors),
    hooks,
  );
  const serving = listening;
  listened.ports.push(...portsOf(serving.urls));
  closing.add((left) => serving.drain(left));
  // Before the listener waits for what is open: a watch lasts as long as its job.
  closing.add(async () => jobs.close());
  if (server.metricsListen !== "") {
    const metrics: Handler = () => exposition(telemetry);
    const own = await listen(
      { addresses: [server.metricsListen], trustedProxies: [], maxConnections: 100 },
      metrics,
      hooks,
    );
    closing.add(() => own.drain(0));
  }
  return { urls: serving.urls, close: () => closing.close() };
}
