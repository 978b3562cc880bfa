import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { type FreshDatabase, freshDatabase, openFresh } from "../../tests/support/database.ts";
import { openAuditLog } from "../features/audit/offline.ts";
import { openAudit } from "../features/audit/service.ts";
import { stateOf } from "../features/audit/suite.ts";
import {
  keyring,
  rememberingLogger,
  tagMove,
  user,
  writerEntry,
} from "../features/audit/suite-parts.ts";
import { putState } from "../features/audit/suite-procedures.ts";
import { systemClock } from "../kernel/clock.ts";
import type { Database } from "../platform/database/port.ts";
import { auditCommand } from "./audit.ts";

let fresh: FreshDatabase;
let db: Database;

beforeEach(async () => {
  fresh = await freshDatabase();
  db = await openFresh(fresh, writerEntry);
});

afterEach(async () => {
  await db.close();
  await fresh.drop();
});

/** Runs `audit verify` on a data folder. */
async function run(language: "en" | "zh", ...more: string[]) {
  let out = "";
  let err = "";
  const command = auditCommand({
    env: {},
    language,
    out: (text) => {
      out += text;
    },
    openAuditLog: (config) =>
      openAuditLog({ database: config.database?.reveal(), data: config.data, keyring }),
  });
  const program = new Command("entrepot").addCommand(command);
  const settle = (each: Command) => {
    each.exitOverride();
    each.configureOutput({
      writeErr: (text) => {
        err += text;
      },
    });
    for (const inner of each.commands) settle(inner);
  };
  settle(program);
  const url = fresh.url === "" ? [] : ["--set", `database=${fresh.url}`];
  const args = ["audit", "verify", "--data", fresh.folder, ...url, ...more];
  try {
    await program.parseAsync(args, { from: "user" });
    return { code: 0, out, err };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { code: error.exitCode, out, err };
  }
}

/** Three entries and a checkpoint; gives the line that the log has of it. */
async function written(): Promise<string> {
  const logger = rememberingLogger();
  const settings = { pulls: "gathered" } as const;
  const audit = await openAudit({ db, clock: systemClock, keyring, logger, settings });
  await audit.append(user("a"), [tagMove("v1"), tagMove("v2"), tagMove("v3")]);
  await audit.close();
  return JSON.stringify(logger.lines.map((line) => line.fields));
}

describe("audit verify", () => {
  test("says that a log is intact, beside the process that has it open", async () => {
    await written();
    expect(await run("en")).toEqual({
      code: 0,
      out: "intact: 3 entries in 8 chains, 1 checkpoints, 0 kept elsewhere\n",
      err: "",
    });
    expect((await run("zh")).out).toStartWith("完整：8 条链中的 3 个条目");
  });

  test("names a changed byte, a deleted row and a cut tail", async () => {
    await written();
    const state = await stateOf(db);
    const [first, second, third] = state.rows;
    if (first === undefined || second === undefined || third === undefined) throw new Error("rows");
    const verify = async (rows: typeof state.rows) => {
      await db.write(putState, { ...state, rows });
      return run("en");
    };
    const changed = await verify([first, { ...second, object_name: "v9" }, third]);
    expect(changed.code).toBe(1);
    expect(changed.out).toContain(`entry 2 (${second.id}) was changed`);
    const deleted = await verify([first, third]);
    expect(deleted).toMatchObject({ code: 1 });
    expect(deleted.out).toContain("the entries 2 to 2 were removed");
    const cut = await verify([first, second]);
    expect(cut).toMatchObject({ code: 1 });
    expect(cut.out).toContain("the end was cut off: the entries 3 to 3 are gone");
    const chinese = await run("zh", "--json");
    const { chain } = first;
    expect(JSON.parse(chinese.out).findings).toContainEqual({
      kind: "tail_missing",
      chain,
      from: 3,
      to: 3,
      en: `chain ${chain}: the end was cut off: the entries 3 to 3 are gone`,
      zh: `链 ${chain}：末尾被截断，第 3 至 3 条缺失`,
    });
  });

  test("compares with checkpoints that were kept elsewhere", async () => {
    const line = await written();
    const file = join(fresh.folder, "kept.log");
    await writeFile(file, `other lines\n${line}\n`);
    expect(await run("en", "--anchor", file)).toMatchObject({ code: 0 });
    const state = await stateOf(db);
    await db.write(putState, { ...state, rows: [], checkpoints: [] });
    const found = await run("en", "--anchor", file);
    expect(found.code).toBe(1);
    await writeFile(file, "nothing of ours\n");
    expect(await run("en", "--anchor", file)).toMatchObject({ code: 2, out: "" });
    const missing = await run("zh", "--anchor", join(fresh.folder, "missing.log"));
    expect(missing.code).toBe(2);
    expect(missing.err).toContain("无法从");
  });

  test("cannot tell where there is no log", async () => {
    const none = await run("en");
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain("no audit log");
    const nowhere = await run("en", "--set", "nonsense=1");
    expect(nowhere.code).toBe(2);
  });
});
