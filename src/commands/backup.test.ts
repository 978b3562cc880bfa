import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import type { Restored } from "../features/backup/restore/restore.ts";
import type { Report } from "../features/backup/verify/report.ts";
import { failure } from "../kernel/errors/catalogue.ts";
import { newId } from "../kernel/ids.ts";
import { backupCommand } from "./backup.ts";
import { restoreCommand } from "./restore.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "entrepot-command-"));
});

afterEach(() => rm(folder, { recursive: true }));

const id = newId();
const program = { version: "1.2.3", commit: "abc" };
const counts = { files: 3, rows: 9, blobs: 2, bytes: 5, manifests: 1, tags: 1 };

function report(findings: Report["findings"]): Report {
  return {
    ...{ snapshot: { id, program, engine: "sqlite", takenAt: 0 }, program, ...counts },
    ...{ startedAt: 1_000, finishedAt: 2_000, findings, count: findings.length },
    verdict: findings.length === 0 ? "passed" : "failed",
  };
}

function restored(findings: Restored["findings"], isSealed = false): Restored {
  const none = { blobs: 0, bytes: 0 };
  const lists = { steps: [], tables: [], files: [], damaged: { count: 0, first: [] } };
  const times = { takenAt: 0, finishedAt: 1 };
  const content = { blobs: 7, bytes: 9 };
  const snapshot = { format: 1, id, program, engine: "sqlite", copied: none, content } as const;
  return {
    snapshot: { ...snapshot, ...times, ...lists },
    findings,
    count: findings.length,
    isSealed,
  };
}

const nasty = { kind: "tag_dangling", what: "team/a:v1\u001b[2J | **x**", detail: "" } as const;

/** Runs a command line on commands that give what they are told to. */
async function run(line: string, gives: { report?: Report; restored?: Restored }, language = "en") {
  const said = { out: "", err: "" };
  const context = {
    env: {},
    language: language === "zh" ? "zh" : "en",
    out: (text: string) => {
      said.out += text;
    },
    verifyBackup: async () =>
      gives.report ?? Promise.reject(failure("backup.none", { folder: "x" })),
    restoreBackup: async () => gives.restored ?? Promise.reject(failure("backup.unknown", { id })),
  } as const;
  const all = new Command("entrepot")
    .addCommand(backupCommand(context))
    .addCommand(restoreCommand(context));
  const settle = (each: Command) => {
    each.exitOverride();
    each.configureOutput({
      writeErr: (text) => {
        said.err += text;
      },
    });
    for (const inner of each.commands) settle(inner);
  };
  settle(all);
  try {
    await all.parseAsync(line.split(" "), { from: "user" });
    return { code: 0, ...said };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { code: error.exitCode, ...said };
  }
}

describe("backup verify", () => {
  test("prints the report, and its exit code tells", async () => {
    const passed = await run("backup verify --from x", { report: report([]) });
    expect(passed).toMatchObject({ code: 0, err: "" });
    expect(passed.out).toContain("| Verdict | **PASSED** |");
    expect(passed.out).toContain("1970-01-01T00:00:01.000Z – 1970-01-01T00:00:02.000Z");
    const failed = await run("backup verify --from x", { report: report([nasty]) }, "zh");
    expect(failed.code).toBe(1);
    expect(failed.out).toContain("未通过");
    const none = await run("backup verify --from x", {});
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain("there is no backup in x");
  });

  test("prints JSON, and writes the report into a file, where nothing in a name is markup", async () => {
    const file = join(folder, "report.md");
    const line = `backup verify --from x --json --report ${file}`;
    const { out, code } = await run(line, { report: report([nasty]) });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual(report([nasty]));
    const text = await readFile(file, "utf8");
    expect(text).not.toContain("\u001b");
    expect(text).toContain("a tag points at no manifest: team/a:v1 \\[2J \\| \\*\\*x\\*\\*");
  });
});

describe("restore", () => {
  test("says what was restored, what is missing, and which key is", async () => {
    const whole = await run("restore --from x", { restored: restored([]) });
    expect(whole).toMatchObject({ code: 0, err: "" });
    expect(whole.out).toBe(`restored ${id}: the state of 1970-01-01T00:00:00.000Z, 7 blobs\n`);
    const part = await run("restore --from x", { restored: restored([nasty], true) });
    expect(part.code).toBe(1);
    expect(part.out).toContain("WARNING");
    expect(part.out).toContain("\\u001b[2J");
    expect(part.out).not.toContain("\u001b");
    const nothing = await run(`restore --from x --snapshot ${id}`, {}, "zh");
    expect(nothing.code).toBe(2);
    expect(nothing.err).toContain(`不存在备份 ${id}`);
  });

  test("needs to be told from where", async () => {
    expect((await run("restore", { restored: restored([]) })).code).toBe(1);
    expect((await run("backup verify", { report: report([]) })).code).toBe(1);
  });
});
