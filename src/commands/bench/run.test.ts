import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommanderError } from "commander";
import { benchCommand, VOID_EXIT } from "./command.ts";
import { TINY_PASSWORD, TINY_USER, type TinyOptions } from "./fixtures/tiny-registry.ts";
import { type BenchOptions, type BenchReport, chooseWorkloads, runBench } from "./run.ts";
import { WORKLOADS } from "./workloads/table.ts";

const workers: Worker[] = [];
const folder = mkdtempSync(join(tmpdir(), "entrepot-bench-"));

afterAll(() => {
  for (const worker of workers) worker.terminate();
  rmSync(folder, { recursive: true, force: true });
});

/** The URL of a new registry in a thread of its own. */
function tinyRegistry(options: TinyOptions): Promise<string> {
  const worker = new Worker(new URL("./fixtures/tiny-registry.ts", import.meta.url));
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = (event: MessageEvent<number>) => resolve(`http://127.0.0.1:${event.data}`);
    worker.postMessage(options);
  });
}

function run(url: string, options: Partial<BenchOptions>): Promise<BenchReport> {
  return runBench({
    url,
    workloads: [],
    rounds: 1,
    scale: "tiny",
    seed: "test",
    prefix: "bench/test",
    ...options,
  });
}

describe("a run against a registry", () => {
  test("each workload measures something, and nothing is wrong", async () => {
    const url = await tinyRegistry({ auth: "none", fault: "none" });
    const report = await run(url, { rounds: 2, pid: process.pid });
    expect(report.voidReasons).toEqual([]);
    expect(new Set(report.results.map(({ workload }) => workload))).toEqual(
      new Set(WORKLOADS.keys()),
    );
    for (const result of report.results) {
      expect(Number.isFinite(result.median)).toBe(true);
      expect(result.rounds.length).toBeGreaterThanOrEqual(1);
    }
    const rates = report.results.filter(({ name }) => name === "rate" || name === "throughput");
    expect(rates.every(({ median }) => median > 0)).toBe(true);
    const restarts = report.results.find(({ name }) => name === "uploads that had to start over");
    expect(restarts?.median).toBe(0);
  }, 60_000);

  test.each(["basic", "bearer"] as const)(
    "it logs in by %s",
    async (auth) => {
      const url = await tinyRegistry({ auth, fault: "none" });
      const credentials = { username: TINY_USER, password: TINY_PASSWORD };
      const workloads = ["W1", "W4", "W6", "W17", "W18"];
      const report = await run(url, { workloads, credentials });
      expect(report.voidReasons).toEqual([]);
      const refused = await run(url, {
        workloads: ["W6"],
        credentials: { ...credentials, password: "" },
      });
      expect(refused.voidReasons.length).toBeGreaterThan(0);
    },
    60_000,
  );

  test("it is void when a byte is not the one that was pushed", async () => {
    const url = await tinyRegistry({ auth: "none", fault: "blobs" });
    for (const workload of ["W3", "W4", "W5", "W7"]) {
      const report = await run(url, { workloads: [workload] });
      expect(report.voidReasons.join()).toMatch(/hash to|other bytes/);
    }
  }, 60_000);

  test("it is void when the server fails", async () => {
    const url = await tinyRegistry({ auth: "none", fault: "5xx" });
    const report = await run(url, { workloads: ["W1"] });
    expect(report.voidReasons.join()).toContain("status 503 instead of 200");
  }, 60_000);

  test("it is void when nobody answers", async () => {
    const report = await run("http://127.0.0.1:1", { workloads: ["W7"] });
    expect(report.voidReasons.join()).toContain("cannot connect");
  });
});

test("workloads are chosen by number, and an unknown one is named", () => {
  expect(chooseWorkloads(["w4", "W1"]).map(({ id }) => id)).toEqual(["W1", "W4"]);
  expect(chooseWorkloads([""]).length).toBe(WORKLOADS.size);
  expect(() => chooseWorkloads(["W99"])).toThrow("there is no workload W99");
});

describe("the command", () => {
  async function command(...args: string[]) {
    const said = { out: "", note: "", code: 0 };
    const io = {
      out: (text: string) => {
        said.out += text;
      },
      note: (text: string) => {
        said.note += text;
      },
    };
    const bench = benchCommand(io).exitOverride().configureOutput({ writeErr: io.note });
    try {
      await bench.parseAsync(["bun", "bench", ...args]);
    } catch (fault) {
      if (!(fault instanceof CommanderError)) throw fault;
      said.code = fault.exitCode;
    }
    return said;
  }

  test("prints a table and writes JSON and a chart", async () => {
    const url = await tinyRegistry({ auth: "none", fault: "none" });
    const json = join(folder, "report.json");
    const svg = join(folder, "report.svg");
    const args = ["--workload", "W7", "--rounds", "1", "--scale", "tiny"];
    const said = await command(url, ...args, "--json", json, "--svg", svg);
    expect(said.code).toBe(0);
    expect(said.out).toContain("W7  large blob pushed in one piece");
    expect(said.note).toContain("round 1 of 1");
    expect(JSON.parse(readFileSync(json, "utf8"))).toMatchObject({ url, voidReasons: [] });
    expect(readFileSync(svg, "utf8")).toStartWith("<svg ");
  }, 60_000);

  test("ends with its own exit code when the run is void", async () => {
    const url = await tinyRegistry({ auth: "none", fault: "blobs" });
    const said = await command(url, "--workload", "W7", "--rounds", "1", "--scale", "tiny");
    expect(said.code).toBe(VOID_EXIT);
    expect(said.out).toContain("This run is void:");
  }, 60_000);
});
