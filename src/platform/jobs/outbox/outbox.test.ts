import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../../../../tests/support/database.ts";
import type { Database } from "../../database/port.ts";
import { allJobs, NOON, openJobs, startProcess } from "../suite.ts";
import { changeWithEvent, clearJobs } from "../suite-procedures.ts";
import { prepareRelay } from "./store.ts";

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await openJobs(fresh);
});

beforeEach(() => db.write(clearJobs, {}));

afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const routes = [
  { name: "first", kinds: ["project.created"] },
  { name: "second", kinds: ["project.created", "repository.created"] },
];

let changes = 0;

function change(kind: "project.created" | "tag.deleted" = "project.created", refuse = false) {
  const payload =
    kind === "project.created"
      ? { project: "team", projectId: "p1", principal: "admin", at: NOON }
      : {
          repository: "team/app",
          repositoryId: "r1",
          tag: "v1",
          from: "sha256:aa",
          principal: "admin",
          at: NOON,
        };
  const name = `change ${changes++}`;
  return db.write(changeWithEvent, { kind, payload, now: NOON, name, refuse });
}

function waitingEvents() {
  return db.read.selectFrom("outbox").select("id").execute();
}

test("a committed event becomes one job for each listener of its kind", async () => {
  const id = await change();
  await change("tag.deleted");
  expect(await prepareRelay(db, routes)(NOON)).toBe(2);
  const jobs = await allJobs(db);
  expect(jobs.map((job) => job.kind).toSorted()).toEqual(["event:first", "event:second"]);
  expect(jobs.map((job) => JSON.parse(job.payload))).toEqual(
    jobs.map(() => ({
      id,
      kind: "project.created",
      payload: { project: "team", projectId: "p1", principal: "admin", at: NOON },
    })),
  );
  expect(jobs.map((job) => job.unique_key).toSorted()).toEqual([
    `event:${id}:first`,
    `event:${id}:second`,
  ]);
  expect(await waitingEvents()).toEqual([]);
});

test("a bundled listener gets one job for all that is relayed at once", async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, () => change()));
  await change("tag.deleted");
  const bundled = { name: "third", kinds: ["project.created"], isBundled: true };
  expect(await prepareRelay(db, [bundled])(NOON)).toBe(6);
  const [job, ...others] = await allJobs(db);
  expect(others).toEqual([]);
  const heard: { id: string; kind: string }[] = JSON.parse(job?.payload ?? "[]");
  expect(heard.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(await waitingEvents()).toEqual([]);
});

test("the event of a refused change was never there", async () => {
  await expect(change("project.created", true)).rejects.toMatchObject({ code: "blob.unknown" });
  expect(await prepareRelay(db, routes)(NOON)).toBe(0);
  expect(await allJobs(db)).toEqual([]);
});

test("relays of several nodes at once lose none and double none", async () => {
  const ids = await Promise.all(Array.from({ length: 450 }, () => change()));
  const relays = Array.from({ length: 4 }, () => prepareRelay(db, routes));
  const moved = await Promise.all(relays.map((relay) => relay(NOON)));
  const rest = await prepareRelay(db, routes)(NOON);
  expect(moved.reduce((sum, each) => sum + each, rest)).toBe(450);
  const keys = (await allJobs(db)).map((job) => job.unique_key);
  expect(keys.toSorted()).toEqual(
    ids.flatMap((id) => [`event:${id}:first`, `event:${id}:second`]).toSorted(),
  );
  expect(await waitingEvents()).toEqual([]);
});

test("a relay that dies between making the jobs and deleting the event loses nothing", async () => {
  const id = await change();
  const child = startProcess(fresh, "relay");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  expect(await waitingEvents()).toEqual([{ id }]);
  expect(await allJobs(db)).toEqual([]);
  // A connection of the dead may still hold the row for a moment: it is passed over till then.
  const relay = prepareRelay(db, routes);
  while ((await relay(NOON)) === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await allJobs(db)).toHaveLength(2);
  expect(await waitingEvents()).toEqual([]);
}, 20_000);
