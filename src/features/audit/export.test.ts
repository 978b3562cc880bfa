import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import { csvCell } from "./export.ts";
import type { AuditView } from "./list.ts";
import { endWorlds, openWorld, stateOf } from "./suite.ts";
import { faultOf, tagMove, user } from "./suite-parts.ts";

afterEach(endWorlds);

/** RFC 4180, read by the letter. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (at >= text.length) throw new SyntaxError("an open quote");
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[++at];
        else break;
      }
      at++;
    } else {
      for (; at < text.length && !/[,\r\n"]/.test(text[at] ?? ""); at++) cell += text[at];
    }
    record.push(cell);
    if (text.startsWith("\r\n", at)) {
      records.push(record);
      record = [];
      at += 2;
    } else if (text[at] === ",") at++;
    else throw new SyntaxError(`neither comma nor line break at ${at}`);
  }
  return records;
}

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

describe("a cell of CSV", () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      "=",
      "+",
      "-",
      "@",
      "\t",
      "\r",
      "\n",
      '"',
      ",",
      " ",
      "a",
      "'",
      "＝",
      "\u00a0",
      "\ufeff",
    ),
  });

  test("is read back as it was, but for the apostrophe in front of a formula", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(nasty, fc.string()), { minLength: 1 }), (cells) => {
        const [record = [], ...more] = parseCsv(`${cells.map(csvCell).join(",")}\r\n`);
        expect(more).toEqual([]);
        expect(record).toHaveLength(cells.length);
        for (const [index, cell] of record.entries()) {
          const given = cells[index] ?? "";
          expect([given, `'${given}`]).toContain(cell);
          // Whatever a reader strips in front, no formula begins.
          expect(/^[=+\-@＝＋－＠]/.test(cell.trim())).toBeFalse();
          expect(/^[\t\r\n]/.test(cell)).toBeFalse();
        }
      }),
    );
  });

  test.each([
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "  =1",
    "＝1",
    "\u00a0@x",
    "\ufeff=x",
  ])("that begins with %j is made text", (text) =>
    expect(csvCell(text).replace(/^"/, "")).toStartWith("'"),
  );

  test("of harmless text stays as it is", () => {
    for (const text of ["", "a", "a=b", "192.0.2.1", "'quoted'"]) expect(csvCell(text)).toBe(text);
  });
});

describe("an export", () => {
  test("holds every entry once, oldest first, in both formats, and is recorded before it begins", async () => {
    const { audit, db, clock } = await openWorld();
    for (let batch = 0; batch < 4; batch++) {
      const entries = Array.from({ length: 300 }, (_, n) => tagMove(`=v${batch}-${n}\r\n`));
      await audit.append(user(`user-${batch}`), entries);
      clock.advance(SECOND);
    }
    const pieces = await audit.export(user("auditor"), "ndjson", { action: "tag." });
    const { rows } = await stateOf(db);
    const [record] = rows.filter((row) => row.action === "audit.export");
    expect(record).toMatchObject({ actor_id: "auditor" });
    expect(JSON.parse(record?.details ?? "")).toEqual({
      format: "ndjson",
      filter: { action: "tag." },
    });

    const lines = (await whole(pieces)).trimEnd().split("\n");
    const views = lines.map((line) => JSON.parse(line) as AuditView);
    const ids = views.map((view) => view.id);
    const expected = rows.filter((row) => row.action === "tag.move").map((row) => row.id);
    expect(ids).toEqual(expected.sort());

    const csv = parseCsv(
      await whole(await audit.export(user("auditor"), "csv", { action: "tag." })),
    );
    expect(csv).toHaveLength(1_201);
    const name = csv[0]?.indexOf("object_name") ?? -1;
    const names = csv.slice(1).map((cells) => cells[name] ?? "");
    expect(names.every((each) => /^'=v\d-\d+\\u000d\\u000a$/.test(each))).toBeTrue();
  });
});

describe("a list", () => {
  test("is paged by key, newest first", async () => {
    const { audit, clock } = await openWorld();
    for (let n = 0; n < 25; n++) {
      await audit.append(user(`user-${n % 3}`), [tagMove(`v${n}`)]);
      clock.advance(SECOND);
    }
    const names: (string | null)[] = [];
    let after: string | null = null;
    do {
      const page = await audit.list(user("auditor"), { action: "tag.move" }, { after, limit: 7 });
      names.push(...page.entries.map((entry) => entry.object.name));
      expect(page.entries.length).toBeLessThanOrEqual(7);
      after = page.next;
    } while (after !== null);
    expect(names).toEqual(Array.from({ length: 25 }, (_, n) => `v${24 - n}`));
  });

  test("filters by each of what may be asked", async () => {
    const { audit, clock } = await openWorld();
    const start = clock.now();
    await audit.append(user("a", { address: "192.0.2.1" }), [tagMove("v1")]);
    clock.advance(MINUTE);
    const refused = tagMove("v2", { action: "tag.delete", result: "denied", project: "project-2" });
    await audit.append(user("b"), [refused]);
    const found = async (filter: Parameters<typeof audit.list>[1]) => {
      const { entries } = await audit.list(user("auditor"), filter, { limit: 10 });
      return entries
        .filter((entry) => entry.action.startsWith("tag."))
        .map((entry) => entry.object.name);
    };
    expect(await found({ actor: "a" })).toEqual(["v1"]);
    expect(await found({ action: "tag.del" })).toEqual(["v2"]);
    expect(await found({ action: "tag_" })).toEqual([]);
    expect(await found({ objectKind: "tag" })).toEqual(["v2", "v1"]);
    expect(await found({ objectId: "id-v1" })).toEqual(["v1"]);
    expect(await found({ objectName: "v2" })).toEqual(["v2"]);
    expect(await found({ project: "project-2" })).toEqual(["v2"]);
    expect(await found({ result: "denied" })).toEqual(["v2"]);
    expect(await found({ address: "192.0.2.1" })).toEqual(["v1"]);
    expect(await found({ from: start + 1 })).toEqual(["v2"]);
    expect(await found({ to: start + MINUTE })).toEqual(["v1"]);
    expect(await found({ from: start, to: start + 1 })).toEqual(["v1"]);
  });

  test("looks at a bounded number of rows, and leads on from there", async () => {
    const { audit, clock } = await openWorld();
    await audit.append(user("a"), [tagMove("rare")]);
    clock.advance(SECOND);
    for (let n = 0; n < 3; n++) {
      await audit.append(
        user("a"),
        Array.from({ length: 7_500 }, () => tagMove("common")),
      );
    }
    const first = await audit.list(user("b"), { objectName: "rare" }, { limit: 5 });
    expect(first.entries).toEqual([]);
    expect(first.next).not.toBeNull();
    const second = await audit.list(
      user("b"),
      { objectName: "rare" },
      { limit: 5, after: first.next },
    );
    expect(second.entries.map((entry) => entry.object.name)).toEqual(["rare"]);
  }, 20_000);

  test("is recorded once a minute for each reader", async () => {
    const { audit, db, clock } = await openWorld();
    const read = (id: string) => audit.list(user(id), {}, { limit: 1 });
    await Promise.all([read("a"), read("a"), read("b")]);
    clock.advance(MINUTE);
    await read("a");
    const { rows } = await stateOf(db);
    const readers = rows.filter((row) => row.action === "audit.read").map((row) => row.actor_id);
    expect(readers.sort()).toEqual(["a", "a", "b"]);
  });

  test("refuses a marker of somebody's making, and fails when it cannot be recorded", async () => {
    const { audit, db } = await openWorld();
    const bad = await faultOf(audit.list(user("a"), {}, { after: "' or 1=1", limit: 1 }));
    expect(bad).toMatchObject({ code: "audit.bad_cursor" });
    await db.close();
    expect(await faultOf(audit.list(user("b"), {}, { limit: 1 }))).toMatchObject({ status: 503 });
  });
});
