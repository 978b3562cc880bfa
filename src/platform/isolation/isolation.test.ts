import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IsolatedTask, IsolationLimits } from "./port.ts";
import { openIsolation } from "./spawn.ts";
import { forbidden, sockFilter } from "./sys-filter.ts";

const LIMITS: IsolationLimits = {
  memory: 512 * 1024 * 1024,
  deadline: 30_000,
  output: 1024 * 1024,
};

const isolation = openIsolation(new URL("./suite-program.ts", import.meta.url));

let folder: string;
let server: Server;
let connections = 0;
let port = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "entrepot-isolation-"));
  server = createServer((socket) => {
    connections += 1;
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function run(args: readonly string[], more: Partial<IsolatedTask> = {}) {
  const started = isolation.run({ args, input: new Uint8Array(0), limits: LIMITS, ...more });
  const pieces: Uint8Array[] = [];
  for await (const piece of started.output) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString(), ...(await started.ended) };
}

async function tried(verb: string, given = ""): Promise<{ refused?: string; came?: string }> {
  const { text } = await run([verb, given]);
  const { isFiltered, ...rest } = JSON.parse(text);
  expect(isFiltered).toBe(true);
  return rest;
}

describe("an isolated process (A55)", () => {
  test("reads what it is given, however that is given", async () => {
    const bytes = new Uint8Array(300_000).fill(7);
    const path = join(folder, "given");
    await writeFile(path, bytes);
    for (const input of [bytes, Bun.file(path), new Blob([bytes]).stream()]) {
      expect(JSON.parse((await run(["count"], { input })).text).came).toBe("300000");
    }
  });

  test("reaches nobody over the network", async () => {
    for (const verb of ["connect", "fetch"]) {
      const { came, refused } = await tried(verb, String(port));
      expect([verb, came === "connected" || came === "hi"]).toEqual([verb, false]);
      expect(`${came ?? ""}${refused ?? ""}`).not.toBe("");
    }
    expect(connections).toBe(0);
  });

  test("opens, writes and removes no file", async () => {
    const path = join(folder, "kept");
    await writeFile(path, "kept");
    expect(await tried("read", path)).toMatchObject({ refused: expect.stringMatching(/EPERM/) });
    const other = join(folder, "new");
    expect((await tried("write", other)).refused).toBeDefined();
    expect((await tried("remove", path)).refused).toBeDefined();
    expect([existsSync(path), existsSync(other)]).toEqual([true, false]);
  });

  test("starts no program and signals no process", async () => {
    const child = Bun.spawn(["sleep", "60"]);
    try {
      for (const verb of ["spawn", "kill", "signal"]) {
        const { refused, came } = await tried(verb, String(child.pid));
        expect([verb, came, refused !== undefined]).toEqual([verb, undefined, true]);
      }
      expect(child.exitCode).toBeNull();
      expect(child.killed).toBe(false);
    } finally {
      child.kill();
      await child.exited;
    }
  });

  test("is not told our environment", async () => {
    const { came = "" } = await tried("environment");
    expect(JSON.parse(came)).toEqual(["BUN_JSC_forceRAMSize", "BUN_RUNTIME_TRANSPILER_CACHE_PATH"]);
  });

  test("is ended when it takes more memory, time or room than it may", async () => {
    const memory = 200 * 1024 * 1024;
    const ends = [
      await run(["memory"], { limits: { ...LIMITS, memory } }),
      await run(["time"], { limits: { ...LIMITS, deadline: 300 } }),
      await run(["output"], { limits: { ...LIMITS, output: 200_000 } }),
    ];
    expect(ends.map(({ overrun }) => overrun)).toEqual(["memory", "time", "output"]);
    expect(ends.map(({ code }) => code)).toEqual([undefined, undefined, undefined]);
  });

  test("ends when whoever asked goes away, even before it began", async () => {
    const leaving = new AbortController();
    const ended = run(["time"], { signal: leaving.signal });
    leaving.abort();
    expect(await ended).toMatchObject({ code: undefined, overrun: undefined });
    expect(await run(["time"], { signal: leaving.signal })).toMatchObject({ code: undefined });
  });

  test("that nobody reads from waits, and costs no memory here", async () => {
    const limits = { ...LIMITS, output: 2 ** 40 };
    const started = isolation.run({ args: ["output"], input: new Uint8Array(0), limits });
    const pieces = started.output[Symbol.asyncIterator]();
    await pieces.next();
    const before = process.memoryUsage.rss();
    // As many turns as would do to read hundreds of megabytes.
    for (let turn = 0; turn < 20_000; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(process.memoryUsage.rss() - before).toBeLessThan(50 * 1024 * 1024);
    started.kill();
    expect((await started.ended).code).toBeUndefined();
  });
});

test("the filter refuses what it should on both kinds of machine", () => {
  /** Runs the filter as the kernel does. */
  function judged(machine: "x64" | "arm64", call: number, first = 0): boolean {
    const bytes = sockFilter(forbidden(machine), machine, 77);
    const view = new DataView(bytes.buffer);
    const data: Readonly<Record<number, number>> = {
      0: call,
      4: machine === "x64" ? 0xc000003e : 0xc00000b7,
      16: first,
    };
    let loaded = 0;
    for (let at = 0; ; at++) {
      const code = view.getUint16(at * 8, true);
      const value = view.getUint32(at * 8 + 4, true);
      const jump = (isTrue: boolean) => view.getUint8(at * 8 + (isTrue ? 2 : 3));
      if (code === 0x20) loaded = data[value] ?? 0;
      else if (code === 0x15) at += jump(loaded === value);
      else if (code === 0x35) at += jump(loaded >= value);
      else return value === 0x7fff0000;
    }
  }
  const read = { x64: 0, arm64: 63 };
  const execve = { x64: 59, arm64: 221 };
  const tgkill = { x64: 234, arm64: 131 };
  for (const machine of ["x64", "arm64"] as const) {
    expect(judged(machine, read[machine])).toBe(true);
    expect(judged(machine, execve[machine])).toBe(false);
    expect(judged(machine, tgkill[machine], 77)).toBe(true);
    expect(judged(machine, tgkill[machine], 78)).toBe(false);
    expect(judged(machine, 0x40000000 + execve[machine])).toBe(false);
    for (const call of forbidden(machine))
      expect([call, judged(machine, call)]).toEqual([call, false]);
  }
});
