import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { Browser } from "../support/browser.ts";
import { openFresh } from "../support/database.ts";
import { basic } from "../support/http-client.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { insertRows } from "../support/rows.ts";
import { plantJob, principalId } from "./planted.ts";
import { account, must } from "./tenants.ts";

setDefaultTimeout(60_000);

const WATCHER = account("watcher");
const ENDED = { state: "failed", error: "it was not to be", finished_at: 1_790_000_000_000 };

let registry: TestRegistry;
let db: Database;

const admin = (method: string, path: string, body?: unknown) =>
  new Browser(registry.url).ask(method, path, body, { authorization: basic(ADMIN) });

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [WATCHER],
    bindings: [{ to: WATCHER.name, role: "auditor" }],
  });
  db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
});

afterAll(async () => {
  await db.close();
  await registry.close();
});

interface Heard {
  readonly event: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: events of every shape
  readonly data: any;
}

/** A client of `text/event-stream`, which reads one event after the other. */
class Listener {
  readonly #leaving = new AbortController();
  #pieces: AsyncIterator<Uint8Array> | undefined;
  #text = "";
  readonly #decoder = new TextDecoder();

  async open(job: string, headers: Record<string, string> = {}, as = ADMIN): Promise<Response> {
    const response = await fetch(`${registry.url}/api/v1/jobs/${job}/events`, {
      headers: { authorization: basic(as), ...headers },
      signal: this.#leaving.signal,
    });
    this.#pieces = response.body?.[Symbol.asyncIterator]();
    return response;
  }

  /** The next event; undefined when there are no more. */
  async next(): Promise<Heard | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        const piece = await this.#pieces?.next();
        if (piece?.value === undefined) return undefined;
        this.#text += this.#decoder.decode(piece.value, { stream: true });
        continue;
      }
      const lines = this.#text.slice(0, end).split("\n");
      this.#text = this.#text.slice(end + 2);
      const of = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = of("data");
      if (data !== undefined) {
        return { event: of("event") ?? "", id: of("id") ?? "", data: JSON.parse(data) };
      }
    }
  }

  async rest(): Promise<Heard[]> {
    const all: Heard[] = [];
    for (let each = await this.next(); each !== undefined; each = await this.next()) all.push(each);
    return all;
  }

  leave(): void {
    this.#leaving.abort();
  }
}

async function line(job: string, seq: number, message: string): Promise<void> {
  const row = { job_id: job, seq, at: 1_790_000_000_000 + seq, level: "info", message };
  await db.write(insertRows, { table: "job_logs", rows: [row] });
}

describe("jobs", () => {
  test("are listed newest first, by state and by kind", async () => {
    const older = await plantJob(db, { kind: "test.a", ...ENDED });
    const newer = await plantJob(db, { kind: "test.a" });
    const other = await plantJob(db, { kind: "test.b" });
    const ids = async (query: string) =>
      (await must(admin, "GET", `/jobs?limit=200&${query}`)).items.map(
        ({ id }: { id: string }) => id,
      );
    const everything = await ids("");
    expect(everything.filter((id: string) => [older, newer, other].includes(id))).toEqual([
      ...[other, newer, older].toSorted().reverse(),
    ]);
    expect((await ids("kind=test.a")).toSorted()).toEqual([older, newer].toSorted());
    expect(await ids("kind=test.a&state=failed")).toEqual([older]);
    expect(await ids("kind=test.b&state=failed")).toEqual([]);
    expect((await admin("GET", "/jobs?state=lost")).status).toBe(400);
    const { items } = await must(admin, "GET", "/job-counts");
    expect(items).toContainEqual({ kind: "test.a", state: "failed", count: 1 });
    expect(items).toContainEqual({ kind: "test.a", state: "waiting", count: 1 });
  });

  test("show ids and figures of what they were given, and nobody's words", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const payload = {
      ...{ digest, size: 7, again: true, nothing: null, list: ["a", "b"] },
      ...{ mail: "ada@example.com", token: "not a token", deep: { name: "ada" } },
    };
    const id = await plantJob(db, { kind: "test.words", payload: JSON.stringify(payload) });
    await line(id, 1, "begun");
    const shown = await must(admin, "GET", `/jobs/${id}`);
    expect(shown.payload).toEqual({
      ...{ digest, size: 7, again: true, nothing: null, list: "[2]" },
      ...{ mail: "[hidden]", token: "[hidden]", deep: "[hidden]" },
    });
    expect(shown.logs).toEqual([{ at: 1_790_000_000_001, level: "info", message: "begun" }]);
    const listed = (await must(admin, "GET", "/jobs?kind=test.words")).items[0];
    expect(Object.keys(listed)).not.toContain("payload");
  });

  test("are cancelled and tried anew, each once", async () => {
    const id = await plantJob(db, { kind: "test.life", unique_key: "test.life" });
    const cancelled = await must(admin, "POST", `/jobs/${id}/cancel`);
    expect(cancelled).toMatchObject({ id, state: "cancelled" });
    const again = await admin("POST", `/jobs/${id}/cancel`);
    expect([again.status, again.json.code]).toEqual([409, "jobs.over"]);
    const twin = await plantJob(db, { kind: "test.life", unique_key: "test.life" });
    const refused = await admin("POST", `/jobs/${id}/retry`);
    expect([refused.status, refused.json.code]).toEqual([409, "jobs.twin"]);
    await must(admin, "POST", `/jobs/${twin}/cancel`);
    const retried = await must(admin, "POST", `/jobs/${id}/retry`);
    expect(retried).toMatchObject({ id, state: "waiting", attempts: 0, finishedAt: null });
    const later = await plantJob(db, {
      kind: "test.later",
      run_at: 9_000_000_000_000,
      attempts: 3,
    });
    const sooner = await must(admin, "POST", `/jobs/${later}/retry`);
    expect(sooner).toMatchObject({ state: "waiting", attempts: 3 });
    expect(sooner.runAt).toBeLessThan(9_000_000_000_000);
    const done = await plantJob(db, { state: "done", finished_at: 1_790_000_000_000 });
    const over = await admin("POST", `/jobs/${done}/retry`);
    expect([over.status, over.json.code]).toEqual([409, "jobs.not_failed"]);
    const running = await plantJob(db, { state: "running", lease_until: 9_000_000_000_000 });
    expect((await admin("POST", `/jobs/${running}/retry`)).json.code).toBe("jobs.not_failed");
    const asked = await must(admin, "POST", `/jobs/${running}/cancel`);
    expect(asked).toMatchObject({ state: "running", cancelAsked: true });
  });

  test("of a schedule run at once, and the log says who wanted it", async () => {
    const { items } = await must(admin, "GET", "/job-schedules");
    expect(items).toContainEqual(
      expect.objectContaining({ name: "jobs.purge", kind: "jobs.purge", cron: "17 * * * *" }),
    );
    const answer = await admin("POST", "/job-schedules/jobs.purge/run");
    expect(answer.status).toBe(202);
    const { id } = answer.json;
    const listener = new Listener();
    await listener.open(id);
    const heard = await listener.rest();
    expect(heard.at(-1)?.data).toMatchObject({ id, kind: "jobs.purge", state: "done" });
    const [entry] = (await must(admin, "GET", "/audit?action=job-schedule.run")).items;
    expect(entry).toMatchObject({
      actor: { name: "admin" },
      object: { kind: "job-schedule", name: "jobs.purge" },
      details: { job: id, added: true },
    });
    expect((await admin("POST", "/job-schedules/nothing/run")).status).toBe(404);
  });
});

describe("who follows a job (text/event-stream)", () => {
  test("hears each line and each change until it has ended", async () => {
    const id = await plantJob(db, { kind: "test.watch" });
    const listener = new Listener();
    const response = await listener.open(id);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toContain("no-store");
    expect((await listener.next())?.data).toMatchObject({ id, state: "waiting" });
    await line(id, 1, "one");
    expect(await listener.next()).toMatchObject({
      event: "log",
      id: "1",
      data: { message: "one" },
    });
    // A text with line breaks stays one event.
    await line(id, 2, "two\n\nevent: job\ndata: {}");
    expect((await listener.next())?.data.message).toBe("two\n\nevent: job\ndata: {}");
    await must(admin, "POST", `/jobs/${id}/cancel`);
    const last = await listener.next();
    expect(last).toMatchObject({ event: "job", id: "2", data: { state: "cancelled" } });
    expect(await listener.next()).toBeUndefined();
  });

  test("goes on after what they know when they come back", async () => {
    const id = await plantJob(db, { kind: "test.back", ...ENDED });
    for (const seq of [1, 2, 3]) await line(id, seq, `line ${seq}`);
    const lines = async (lastId: string) => {
      const listener = new Listener();
      await listener.open(id, { "last-event-id": lastId });
      return (await listener.rest()).map(({ event, data }) =>
        event === "log" ? data.message : data.state,
      );
    };
    expect(await lines("2")).toEqual(["line 3", "failed"]);
    expect(await lines("3")).toEqual(["failed"]);
    for (const none of ["-1", "x", "9".repeat(40)]) {
      expect(await lines(none)).toEqual(["line 1", "line 2", "line 3", "failed"]);
    }
  });

  test("leaves, and makes room for others; beyond the most, they are told to come again", async () => {
    const id = await plantJob(db, { kind: "test.room" });
    const listeners: Listener[] = [];
    let refused: Response | undefined;
    while (refused === undefined && listeners.length < 1_000) {
      const listener = new Listener();
      const response = await listener.open(id);
      if (response.status === 200) {
        await listener.next();
        listeners.push(listener);
      } else refused = response;
    }
    expect(listeners.length).toBe(64);
    expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([503, "10"]);
    for (const listener of listeners) listener.leave();
    for (;;) {
      const listener = new Listener();
      if ((await listener.open(id)).status === 200) {
        expect((await listener.next())?.data).toMatchObject({ id });
        listener.leave();
        break;
      }
    }
  });

  test("leaves nothing open by asking for the head alone", async () => {
    const id = await plantJob(db, { kind: "test.head" });
    const headers = { authorization: basic(ADMIN) };
    for (let turn = 0; turn < 3; turn++) {
      const url = `${registry.url}/api/v1/jobs/${id}/events`;
      const { status, headers: told } = await fetch(url, { method: "HEAD", headers });
      expect([status, told.get("content-type")]).toEqual([200, "text/event-stream"]);
    }
    const watched = async () =>
      /^entrepot_job_watchers (\d+)$/m.exec((await registry.admin.get("/metrics")).text)?.[1];
    while ((await watched()) !== "0");
  });

  test("hears no more once they may not read jobs any more", async () => {
    const id = await plantJob(db, { kind: "test.rights" });
    const listener = new Listener();
    expect((await listener.open(id, {}, WATCHER)).status).toBe(200);
    await listener.next();
    const { items } = await must(admin, "GET", "/bindings?limit=200");
    const watcher = await principalId(db, WATCHER.name);
    const own = items.find(({ subject }: { subject: { id: string } }) => subject.id === watcher);
    expect((await admin("DELETE", `/bindings/${own.id}`)).status).toBe(204);
    expect(await listener.rest()).toEqual([]);
    expect((await new Listener().open(id, {}, WATCHER)).status).toBe(403);
  });

  test("is let go when the server stops", async () => {
    const id = await plantJob(db, { kind: "test.stop" });
    const listener = new Listener();
    await listener.open(id);
    await listener.next();
    const heard = listener.rest();
    await registry.restart();
    expect(await heard).toEqual([]);
  });
});
