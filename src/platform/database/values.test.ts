import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { sql } from "kysely";
import { type FreshDatabase, freshDatabase } from "../../../tests/support/database.ts";
import type { Database } from "./port.ts";
import { openSuite, settings } from "./suite.ts";
import { putBlob, putBytes, putSetting } from "./suite-procedures.ts";

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = await openSuite(fresh);
});

afterAll(async () => {
  await db.close();
  await fresh.drop();
});

/** Text as both engines store it: no NUL, no half of a surrogate pair. */
const text = fc
  .string({ unit: "binary" })
  .map((value) => value.replaceAll("\0", "0").toWellFormed());

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

describe("bytes", () => {
  test("come back as they were", async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (payload) => {
        const digest = `bytes-${count++}`;
        await db.write(putBytes, { digest, payload });
        const row = await db.read
          .selectFrom("manifests")
          .select(["payload", "size"])
          .where("digest", "=", digest)
          .executeTakeFirstOrThrow();
        expect(new Uint8Array(row.payload)).toEqual(new Uint8Array(payload));
        expect(row.size).toBe(payload.byteLength);
      }),
      { numRuns: 40 },
    );
  });

  test("of four megabytes do too", async () => {
    const payload = crypto.getRandomValues(new Uint8Array(65_536));
    const large = new Uint8Array(4 * 2 ** 20).map((_, i) => payload[i % 65_536] ?? 0);
    await db.write(putBytes, { digest: "large", payload: large });
    const read = db.prepare((query, args: { digest: string }) =>
      query.selectFrom("manifests").select("payload").where("digest", "=", args.digest).compile(),
    );
    const [row] = await read({ digest: "large" });
    expect(row === undefined ? null : Bun.hash(row.payload)).toBe(Bun.hash(large));
  });
});

describe("integers", () => {
  test.each([0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53 - 1])(
    "%d comes back as a number",
    async (size) => {
      await db.write(putBlob, { digest: `size-${size}`, size });
      const row = await db.read
        .selectFrom("blobs")
        .select("size")
        .where("digest", "=", `size-${size}`)
        .executeTakeFirstOrThrow();
      expect(row.size).toBe(size);
      const prepared = db.prepare((query, args: { size: number }) =>
        query.selectFrom("blobs").select("size").where("size", "=", args.size).compile(),
      );
      expect(await prepared({ size })).toEqual([{ size }]);
    },
  );

  test.each([2 ** 53, -(2 ** 53), 2 ** 53 + 2, 2 ** 62])(
    "%d is beyond what a number holds and is not stored",
    async (size) => {
      const digest = `beyond-${size}`;
      await expect(db.write(putBlob, { digest, size })).rejects.toThrow("2^53");
      const row = await db.read
        .selectFrom("blobs")
        .select("digest")
        .where("digest", "=", digest)
        .executeTakeFirst();
      expect(row).toBeUndefined();
    },
  );

  test("one that is too large all the same is refused when read, never rounded", async () => {
    // A sum is how one comes about.
    const beyond = sql<number>`9007199254740992 + 1`;
    await expect(db.read.selectNoFrom(beyond.as("n")).execute()).rejects.toThrow("2^53");
    const prepared = db.prepare((query) => query.selectNoFrom(beyond.as("n")).compile());
    await expect(prepared({})).rejects.toThrow("2^53");
  });
});

describe("text", () => {
  test("is ordered by its bytes", async () => {
    for (const name of [
      "a",
      "é",
      "B",
      "b",
      "A",
      "_",
      "-",
      "Z",
      "ß",
      "😀",
      "\uffff",
      "a/b",
      "a-b",
    ]) {
      await db.write(putSetting, { name: `order:${name}`, value: name });
    }
    const rows = await db.read
      .selectFrom("settings")
      .select("value")
      .where("name", "like", "order:%")
      .orderBy("name")
      .execute();
    const values = rows.map((row) => row.value);
    expect(values).toEqual(values.toSorted(byBytes));
    expect(values.filter((value) => "Baé".includes(value))).toEqual(["B", "a", "é"]);
  });

  test("of any kind comes back as it was, and compares by its bytes", async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        await db.write(putSetting, { name: "text", value: a });
        expect((await settings(db)).get("text")).toBe(a);
        const less = db.prepare((query, args: { b: string }) =>
          query
            .selectFrom("settings")
            .select("name")
            .where("name", "=", "text")
            .where("value", "<", args.b)
            .compile(),
        );
        expect(await less({ b })).toHaveLength(byBytes(a, b) < 0 ? 1 : 0);
      }),
      { numRuns: 40 },
    );
  });

  test("that looks like a statement stays text", async () => {
    const name = "'; drop table settings; --";
    await db.write(putSetting, { name, value: "x" });
    expect((await settings(db)).get(name)).toBe("x");
  });
});

describe("prepare", () => {
  test("fills a parameter that the query names twice, and keeps constants", async () => {
    await db.write(putSetting, { name: "twin", value: "twin" });
    await db.write(putSetting, { name: "single", value: "other" });
    const read = db.prepare((query, args: { text: string; none: string }) =>
      query
        .selectFrom("settings")
        .select(["name", "value"])
        .where("name", "=", args.text)
        .where("value", "!=", "constant")
        .where("value", "=", args.text)
        .where("value", "!=", args.none)
        .compile(),
    );
    expect(await read({ text: "twin", none: "z" })).toEqual([{ name: "twin", value: "twin" }]);
    expect(await read({ none: "z", text: "single" })).toEqual([]);
    expect(await read({ text: "twin", none: "twin" })).toEqual([]);
  });

  test("sees what was written after it was prepared", async () => {
    const read = db.prepare((query, args: { name: string }) =>
      query.selectFrom("settings").select("value").where("name", "=", args.name).compile(),
    );
    expect(await read({ name: "later" })).toEqual([]);
    await db.write(putSetting, { name: "later", value: "1" });
    expect(await read({ name: "later" })).toEqual([{ value: "1" }]);
    await db.write(putSetting, { name: "later", value: "2" });
    expect(await read({ name: "later" })).toEqual([{ value: "2" }]);
  });

  test("runs many at once without mixing their arguments up", async () => {
    for (let i = 0; i < 20; i++) {
      await db.write(putSetting, { name: `many-${i}`, value: String(i) });
    }
    const read = db.prepare((query, args: { name: string }) =>
      query.selectFrom("settings").select("value").where("name", "=", args.name).compile(),
    );
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => read({ name: `many-${i % 20}` })),
    );
    expect(answers.map(([row]) => row?.value)).toEqual(
      Array.from({ length: 200 }, (_, i) => String(i % 20)),
    );
  });
});
