import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { quotaJobs } from "../../src/features/quota/job.ts";
import { openQuotas } from "../../src/features/quota/service.ts";
import { DAY, MINUTE } from "../../src/kernel/clock.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import {
  type ContentBench,
  doer,
  jobContext,
  openContentBench,
  pushBlob,
} from "../support/content-bench.ts";
import { openFresh } from "../support/database.ts";
import { updateRows } from "../support/rows.ts";
import { expectBalanced } from "./books.ts";

let bench: ContentBench;
let told: number;
let lines: string[];

beforeEach(async () => {
  bench = await openContentBench();
  told = 0;
  lines = [];
});
afterEach(() => bench.close());

function parts() {
  const { db, clock } = bench;
  const audit = {
    witness: (by: typeof doer) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }),
  };
  return { db, audit };
}

const quotas = () => openQuotas(parts());

async function run(kind: string, signal = new AbortController().signal): Promise<void> {
  const changed = () => {
    told += 1;
  };
  const jobs = quotaJobs({ ...parts(), changed });
  const job = jobs.find((each) => each.kind === kind);
  if (job === undefined) throw new Error(`no job is called ${kind}`);
  const log = (level: string, message: string) => void lines.push(`${level}: ${message}`);
  await job.run({}, { ...jobContext(bench.clock), signal, log });
}

async function projectOf(repository: string) {
  const found = await bench.content.locate(parseRepositoryName(repository));
  const [name = ""] = repository.split("/");
  return { id: found?.projectId ?? "", name };
}

/** The actions in the audit log that are about quotas. */
async function recorded(): Promise<string[]> {
  const rows = await bench.db.read.selectFrom("audit").select("action").orderBy("id").execute();
  return rows.map(({ action }) => action).filter((action) => action.startsWith("quota."));
}

describe("the nightly check", () => {
  test("of counters that are right writes down that they are, for those that are limited", async () => {
    await pushBlob(bench.content, "free/app", "12345");
    await pushBlob(bench.content, "team/app", "12345");
    const limited = await projectOf("team/app");
    await quotas().set(doer, limited, { bytes: 20 });
    await run("quota.check");
    const at = bench.clock.now();
    expect(await quotas().of(limited)).toMatchObject({ checkedAt: at, difference: 0 });
    expect(await quotas().of(await projectOf("free/app"))).toMatchObject({ checkedAt: null });
    expect(lines).toEqual(["info: the counters of 2 projects were checked, 0 were wrong"]);
    expect(await recorded()).toEqual(["quota.update"]);
  });

  test("finds what is wrong in any project, says so and puts it right", async () => {
    await pushBlob(bench.content, "free/app", "12345");
    await pushBlob(bench.content, "team/app", "12345");
    await quotas().set(doer, await projectOf("team/app"), { tags: 3 });
    const db = await openFresh(bench.fresh, new URL("../support/writer.ts", import.meta.url));
    const wrong = await projectOf("free/app");
    await db.write(updateRows, {
      table: "quota_blobs",
      where: { project_id: wrong.id },
      set: { links: 7 },
    });
    const where = { project_id: (await projectOf("team/app")).id, shard: 3 };
    await db.write(updateRows, { table: "quota_usage", where, set: { bytes: 1_000 } });
    await db.close();
    await run("quota.check");
    await expectBalanced(bench.db);
    expect(lines.filter((line) => line.startsWith("error: "))).toHaveLength(2);
    expect(lines.at(-1)).toBe("info: the counters of 2 projects were checked, 2 were wrong");
    expect((await recorded()).filter((each) => each === "quota.repair")).toHaveLength(2);
    lines = [];
    await run("quota.check");
    expect(lines).toEqual(["info: the counters of 2 projects were checked, 0 were wrong"]);
  });

  test("ends when it is told to", async () => {
    await pushBlob(bench.content, "team/app", "12345");
    const control = new AbortController();
    control.abort();
    await run("quota.check", control.signal);
    expect(lines).toEqual([]);
  });
});

describe("the watch", () => {
  let digest: Digest;
  beforeEach(async () => {
    ({ digest } = await pushBlob(bench.content, "team/app", "12345"));
  });

  const unlink = () =>
    bench.content.blobs.unlink({
      repository: parseRepositoryName("team/app"),
      digest,
      force: false,
      doer,
    });

  async function events() {
    const rows = await bench.db.read
      .selectFrom("outbox")
      .select("payload")
      .where("kind", "=", "quota.reached")
      .orderBy("id")
      .execute();
    return rows.map(({ payload }) => JSON.parse(payload));
  }

  test("tells once that a level was reached, and again after it was left", async () => {
    const project = await projectOf("team/app");
    await quotas().set(doer, project, { bytes: 20, bytesWarn: 5 });
    await run("quota.watch");
    await run("quota.watch");
    expect(await events()).toMatchObject([
      { project: "team", projectId: project.id, level: "warn", used: 5, limit: 20 },
    ]);
    expect(told).toBe(1);
    expect(await quotas().levels()).toEqual({ free: 0, warned: 1 });
    await unlink();
    bench.clock.advance(MINUTE);
    await run("quota.watch");
    expect(await quotas().levels()).toEqual({ free: 1, warned: 0 });
    expect(told).toBe(1);
    await pushBlob(bench.content, "team/app", "x".repeat(20));
    await run("quota.watch");
    expect((await events()).map(({ level }) => level)).toEqual(["warn", "full"]);
    expect(told).toBe(2);
  });

  test("says nothing of projects without a limit", async () => {
    await run("quota.watch");
    expect([await events(), told, await quotas().keptReport("team")]).toEqual([[], 0, undefined]);
  });

  test("keeps what takes the space, daily, and every ten minutes where room is short", async () => {
    const project = await projectOf("team/app");
    await quotas().set(doer, project, { bytes: 20 });
    await run("quota.watch");
    const first = { largest: [{ repository: "team/app", bytes: 5 }], unnamed: 5 };
    const at = bench.clock.now();
    expect(await quotas().keptReport("team")).toMatchObject({ at, report: first });
    await pushBlob(bench.content, "team/more", "1234567890");
    bench.clock.advance(DAY - 1);
    await run("quota.watch");
    expect(await quotas().keptReport("team")).toMatchObject({ at, report: first });
    bench.clock.advance(1);
    await run("quota.watch");
    const largest = [
      { repository: "team/more", bytes: 10 },
      { repository: "team/app", bytes: 5 },
    ];
    expect(await quotas().keptReport("team")).toMatchObject({ at: at + DAY, report: { largest } });
    await quotas().set(doer, project, { bytes: 15 });
    bench.clock.advance(10 * MINUTE);
    await run("quota.watch");
    expect((await quotas().keptReport("team"))?.at).toBe(at + DAY + 10 * MINUTE);
  });
});
