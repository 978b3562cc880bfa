import { expect, test } from "bun:test";
import { freshDatabase } from "../../../../tests/support/database.ts";
import { systemClock } from "../../../kernel/clock.ts";
import { readJob, readJobLogs } from "../history/store.ts";
import { enqueueJob } from "../queue/store.ts";
import { faultList, Gate, openJobs, startProcess, until } from "../suite.ts";
import { JobsWorker } from "./worker.ts";

test("a worker killed in the middle of a job: another takes the job over", async () => {
  const fresh = await freshDatabase();
  const db = await openJobs(fresh);
  const job = { kind: "endless", payload: "work" };
  const { id } = await db.write(enqueueJob, { job, now: Date.now() });

  const child = startProcess(fresh, "work");
  for await (const chunk of child.stdout) {
    if (new TextDecoder().decode(chunk).includes("running")) break;
  }
  await until(async () => (await readJobLogs(db, id)).length > 0);
  child.kill("SIGKILL");
  await child.exited;
  expect(await readJob(db, id)).toMatchObject({ state: "running", attempts: 1 });

  const taken = new Gate<unknown>();
  const { faults, onFault } = faultList();
  const worker = new JobsWorker({
    db,
    clock: systemClock,
    node: "heir",
    concurrency: 2,
    pollMs: 20,
    onFault,
    handlers: [{ kind: "endless", run: async (payload) => taken.open(payload) }],
  });
  await worker.start();
  expect(await taken.passed).toBe("work");
  await until(async () => (await readJob(db, id))?.state === "done");
  expect(await readJob(db, id)).toMatchObject({ attempts: 2 });
  const lines = (await readJobLogs(db, id)).map((line) => line.message);
  expect(lines[0]).toBe("began in the doomed process");
  expect(lines[1]).toMatch(/^run 1 was lost: worker doomed\/\w+ stopped answering$/);
  expect(faults).toEqual([]);
  await worker.stop(5_000);
  await db.close();
  await fresh.drop();
}, 30_000);
