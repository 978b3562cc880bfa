import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { plantJob } from "../api/planted.ts";
import { openFresh } from "../support/database.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { insertRows } from "../support/rows.ts";
import { as, entrepot } from "./cli.ts";

setDefaultTimeout(60_000);

const ADA = { name: "ada", password: "ada has a long password" };

let registry: TestRegistry;
let db: Database;

beforeAll(async () => {
  registry = await startRegistry({ accounts: [{ ...ADA, administrator: false }] });
  db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
});

afterAll(async () => {
  await db.close();
  await registry.close();
});

const admin = (line: string) => entrepot(line.split(" "), { env: as(registry.url, ADMIN) });

async function line(job: string, seq: number, message: string): Promise<void> {
  const row = { job_id: job, seq, at: 1_790_000_000_000, level: "info", message };
  await db.write(insertRows, { table: "job_logs", rows: [row] });
}

describe("job", () => {
  test("is listed, shown, cancelled and tried anew", async () => {
    const id = await plantJob(db, { kind: "test.cli", progress_done: 3, progress_total: 7 });
    await line(id, 1, "begun \u001b[31m");
    expect((await admin("job list --kind test.cli")).out).toMatch(
      new RegExp(`\n${id} +test\\.cli +waiting +0/10 +3/7 `),
    );
    expect((await admin("job list --state lost")).code).toBe(2);
    expect((await admin("job list --limit 0")).code).toBe(2);
    const shown = await admin(`job show ${id}`);
    expect(shown.out).toMatch(/State +waiting\n/);
    expect(shown.out).toEndWith("2026-09-21T14:13:20Z info begun \\u001b[31m\n");
    expect(JSON.parse((await admin(`job show ${id} --json`)).out).logs).toHaveLength(1);
    expect((await admin(`job cancel ${id}`)).out).toMatch(/State +cancelled\n/);
    const again = await admin(`job cancel ${id}`);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining("has ended")]);
    expect((await admin(`job retry ${id}`)).out).toMatch(/State +waiting\n/);
    expect((await admin(`job show ${"0".repeat(26)}`)).code).toBe(4);
    expect((await entrepot(["job", "list"], { env: as(registry.url, ADA) })).code).toBe(3);
  });

  test("that runs by the clock runs now, and can be followed to its end", async () => {
    expect((await admin("job schedules")).out).toMatch(/\njobs\.purge +17 \* \* \* \* +UTC /);
    const { id } = JSON.parse((await admin("job run jobs.purge --json")).out);
    const followed = await admin(`job watch ${id}`);
    expect([followed.code, followed.err]).toEqual([0, expect.stringMatching(/done\n$/)]);
    expect(followed.out).toContain("info removed 0 jobs that had ended");
    expect((await admin("job run nothing")).code).toBe(4);
  });

  test("that failed makes the one who follows it fail", async () => {
    const ended = { state: "failed", error: "it was not to be", finished_at: 1_790_000_000_000 };
    const id = await plantJob(db, { kind: "test.cli", ...ended });
    await line(id, 1, "alas");
    const followed = await admin(`job watch ${id}`);
    expect([followed.code, followed.err]).toEqual([1, expect.stringContaining("it was not to be")]);
    const lines = (await admin(`job watch ${id} --json`)).out.trimEnd().split("\n");
    expect(lines.map((each) => JSON.parse(each))).toEqual([
      { event: "log", data: { at: 1_790_000_000_000, level: "info", message: "alas" } },
      { event: "job", data: expect.objectContaining({ id, state: "failed" }) },
    ]);
  });
});
