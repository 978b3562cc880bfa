import { afterEach, beforeEach, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../../../tests/support/database.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { newId } from "../../kernel/ids.ts";
import type { Database } from "../../platform/database/port.ts";
import { cancelJob } from "../../platform/jobs/history/store.ts";
import { enqueueJob } from "../../platform/jobs/queue/store.ts";
import { openJobs as openDatabase } from "../../platform/jobs/suite.ts";
import { type JobNews, JobWatch, type WatchTiming } from "./watch.ts";

const OFTEN: WatchTiming = { pollMs: 1, beatMs: 0, recheckMs: 0 };
const NOW = 1_790_000_000_000;

let fresh: FreshDatabase;
let db: Database;
let job: string;
const faults: unknown[] = [];

beforeEach(async () => {
  fresh = await freshDatabase();
  db = await openDatabase(fresh);
  job = (await db.write(enqueueJob, { job: { kind: "test.watched" }, now: NOW })).id;
});

afterEach(async () => {
  await db.close();
  await fresh.drop();
});

function watchOf(of: { db?: Database; most?: number } = {}): JobWatch {
  return new JobWatch({ db, timing: OFTEN, onFault: (error) => faults.push(error), ...of });
}

const always = async () => true;

async function rest(news: AsyncIterable<JobNews>): Promise<string[]> {
  const kinds: string[] = [];
  for await (const { kind } of news) if (kind !== "beat") kinds.push(kind);
  return kinds;
}

test("while there is nothing new, a beat keeps the connection", async () => {
  const { news, close } = watchOf().open({ id: job, after: 0, stillMay: always });
  expect((await news.next()).value).toMatchObject({ kind: "job", job: { state: "waiting" } });
  for (let turn = 0; turn < 3; turn++) expect((await news.next()).value).toEqual({ kind: "beat" });
  await db.write(cancelJob, { id: job, now: NOW });
  expect(await rest(news)).toEqual(["job"]);
  close();
});

test("it ends when whoever watches may not any more, and then its place is free", async () => {
  const watch = watchOf({ most: 1 });
  let may = true;
  const { news } = watch.open({ id: job, after: 0, stillMay: async () => may });
  await news.next();
  expect(() => watch.open({ id: job, after: 0, stillMay: always })).toThrow(
    failure("jobs.most_watchers"),
  );
  may = false;
  expect(await rest(news)).toEqual([]);
  expect(watch.size).toBe(0);
});

test("one that is closed before it was read leaves nothing behind, and closing all ends all", async () => {
  const watch = watchOf();
  const unread = watch.open({ id: job, after: 0, stillMay: always });
  const read = watch.open({ id: job, after: 0, stillMay: always });
  unread.close();
  unread.close();
  expect(watch.size).toBe(1);
  await read.news.next();
  const ended = rest(read.news);
  watch.close();
  expect(await ended).toEqual([]);
  expect(watch.size).toBe(0);
  expect(() => watch.open({ id: job, after: 0, stillMay: always })).toThrow(
    failure("service.stopping"),
  );
});

test("a job that is not there has no news; a database that fails ends them and is told of", async () => {
  const none = watchOf().open({ id: newId(NOW), after: 0, stillMay: always });
  expect(await rest(none.news)).toEqual([]);
  const gone = await openDatabase(fresh);
  await gone.close();
  const watch = watchOf({ db: gone });
  expect(await rest(watch.open({ id: job, after: 0, stillMay: always }).news)).toEqual([]);
  expect([faults.splice(0).length, watch.size]).toEqual([1, 0]);
});
