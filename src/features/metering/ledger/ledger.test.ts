import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fc from "fast-check";
import { deleteRows, insertRows } from "../../../../tests/support/rows.ts";
import { DAY, ManualClock } from "../../../kernel/clock.ts";
import { WIDTHS } from "../rules.ts";
import { gatherer, NOON, openWorld, type World } from "../suite.ts";
import type { Use } from "../usage.ts";
import { ledgerCsv } from "./export.ts";
import { type LedgerAsked, type LedgerLine, ledgerLines, payers } from "./ledger.ts";
import { periodName, periodStart, periods } from "./rules-period.ts";

const REPOSITORIES = { "team/a": "r1", "team/b": "r2", "team/c": "r3", "other/d": "r4" };
const NAMES = Object.keys(REPOSITORIES);
const PEOPLE = ["ada", "bob", "anonymous"];
const FROM = NOON - (NOON % DAY);
const DAYS = 25;
const span = { step: "day", from: FROM, to: FROM + DAYS * WIDTHS.day } as const;

let world: World;
const used: (Use & { readonly day: number })[] = [];
const kept: { id: string; project: string; day: number; bytes: number }[] = [];

const uses = fc.record({
  repository: fc.constantFrom(...NAMES),
  principalId: fc.constantFrom(...PEOPLE),
  isPull: fc.boolean(),
  isPush: fc.boolean(),
  bytesIn: fc.nat({ max: 1_000 }),
  bytesOut: fc.nat({ max: 1_000 }),
});

const stored = {
  ofProject: async (id: string) =>
    kept.filter(({ project }) => project === id).map((each) => ({ ...each, id })),
  ofRepositories: async (ids: readonly string[]) => kept.filter(({ id }) => ids.includes(id)),
};

beforeAll(async () => {
  world = await openWorld(REPOSITORIES);
  const person = { id: "ada", kind: "user", name: "=Ada+1", created_at: NOON };
  const states = { administrator: 0, disabled_at: null, deleted_at: null };
  await world.db.write(insertRows, { table: "principals", rows: [{ ...person, ...states }] });
  const clock = new ManualClock(NOON);
  const { gatherer: one } = gatherer(world.db, clock);
  for (let day = 0; day < DAYS; day += 1) {
    for (const each of fc.sample(uses, { numRuns: 6, seed: day })) {
      one.count(each);
      used.push({ ...each, day: FROM + day * DAY });
    }
    for (const id of ["r1", "r4"]) {
      if (day % 2 === 1) continue;
      const project = id === "r4" ? "other" : "team";
      kept.push({ id, project, day: FROM + day * DAY, bytes: day * 100 });
    }
    clock.advance(DAY);
  }
  await one.close();
});

afterAll(() => world.close());

/** The lines that a list of all uses gives. */
function byHand({ by, period, projectId }: LedgerAsked): LedgerLine[] {
  const lines = new Map<string, LedgerLine & { days: number[] }>();
  const line = (at: number, project: string, repository: string | null, id: string | null) => {
    const key = JSON.stringify([at, project, repository, id]);
    const principal = id === "ada" ? "=Ada+1" : id;
    const none = { pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0, stored: null, days: [] };
    const made = lines.get(key) ?? { at, project, repository, principal, ...none };
    lines.set(key, made);
    return made as LedgerLine & {
      days: number[];
      pulls: number;
      pushes: number;
      bytesIn: number;
      bytesOut: number;
    };
  };
  for (const { repository, principalId, day, ...each } of used) {
    const [project = ""] = repository.split("/");
    if (projectId !== undefined && project !== projectId) continue;
    const whose = by === "repository" ? repository : null;
    const to = line(
      periodStart(period, day),
      project,
      whose,
      by === "principal" ? principalId : null,
    );
    to.pulls += each.isPull ? 1 : 0;
    to.pushes += each.isPush ? 1 : 0;
    to.bytesIn += each.bytesIn;
    to.bytesOut += each.bytesOut;
  }
  for (const { id, project, day, bytes } of by === "principal" ? [] : kept) {
    if (projectId !== undefined && project !== projectId) continue;
    const name = NAMES.find((each) => REPOSITORIES[each as "team/a"] === id) ?? "";
    line(periodStart(period, day), project, by === "repository" ? name : null, null).days.push(
      bytes,
    );
  }
  return [...lines.values()].flatMap(({ days, ...each }) => {
    const sum = days.reduce((all, bytes) => all + bytes, 0);
    const mean = days.length === 0 ? null : Math.round(sum / days.length);
    const total = each.pulls + each.pushes + each.bytesIn + each.bytesOut + (mean ?? 0);
    return total === 0 ? [] : [{ ...each, stored: mean }];
  });
}

const key = (line: LedgerLine) =>
  JSON.stringify([line.project, line.repository, line.principal, line.at]);
const sorted = (lines: readonly LedgerLine[]) =>
  lines.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

async function all(asked: LedgerAsked): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for await (const { line } of ledgerLines({ db: world.db, stored }, asked)) lines.push(line);
  return lines;
}

/** The same page by page. */
async function paged(asked: LedgerAsked, size: number): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for (let after = asked.after; ; ) {
    let some = 0;
    for await (const each of ledgerLines({ db: world.db, stored }, { ...asked, after })) {
      lines.push(each.line);
      after = each.mark;
      some += 1;
      if (some === size) break;
    }
    if (some < size) return lines;
  }
}

const questions = payers.flatMap((by) =>
  periods.flatMap((period) =>
    [undefined, "team"].map((projectId) => ({ by, period, projectId, span, after: undefined })),
  ),
);

test.each(questions)(
  "by $by and $period of $projectId: what was used, page by page too",
  async (asked) => {
    const found = await all(asked);
    expect(sorted(found)).toEqual(sorted(byHand(asked)));
    for (const size of [1, 7]) expect(await paged(asked, size)).toEqual(found);
  },
);

test("what was used of a repository that is gone stays, with its name", async () => {
  const asked = {
    by: "repository",
    period: "month",
    projectId: undefined,
    span,
    after: undefined,
  } as const;
  const before = await all(asked);
  await world.db.write(deleteRows, { table: "repositories", where: { id: "r2" } });
  expect(await all(asked)).toEqual(before);
  expect(before.some(({ repository }) => repository === "team/b")).toBe(true);
});

test("no cell of the CSV is a formula, and every line is there", async () => {
  const asked = {
    by: "principal",
    period: "day",
    projectId: undefined,
    span,
    after: undefined,
  } as const;
  const lines = await all(asked);
  let text = "";
  const pieces = ledgerCsv("day", ledgerLines({ db: world.db, stored }, asked));
  for await (const piece of pieces) text += piece;
  const [head, ...rows] = text.split("\r\n");
  expect(head).toBe(
    "period,project,repository,principal,pulls,pushes,bytes_in,bytes_out,stored_bytes",
  );
  expect(rows.pop()).toBe("");
  expect(rows).toHaveLength(lines.length);
  const [row = "", line] = [rows[0], lines[0]];
  expect(row.startsWith(`${periodName("day", line?.at ?? 0)},${line?.project},,`)).toBe(true);
  for (const cell of rows.flatMap((each) => each.split(",")))
    expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  expect(text).toContain("'=Ada+1");
});
