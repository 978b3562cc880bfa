import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase } from "../../../tests/support/database.ts";
import { Failure } from "../../kernel/errors/catalogue.ts";
import { type Database, procedure } from "./port.ts";
import { openSuite, settings } from "./suite.ts";
import {
  giveFunction,
  increment,
  mistake,
  putBlob,
  putSetting,
  writeThenRefuse,
} from "./suite-procedures.ts";

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

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("write", () => {
  test("gives the procedure's result once it is stored", async () => {
    expect(await db.write(putSetting, { name: "first", value: "1" })).toEqual({ stored: "1" });
    expect((await settings(db)).get("first")).toBe("1");
  });

  test("keeps transactions apart: no update is lost among fifty at once", async () => {
    await db.write(putSetting, { name: "counter", value: "0" });
    const given = await Promise.all(
      Array.from({ length: 50 }, () => db.write(increment, { name: "counter" })),
    );
    expect((await settings(db)).get("counter")).toBe("50");
    expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test("one that refuses is rolled back alone, its neighbours stand", async () => {
    const results = await Promise.allSettled([
      db.write(putSetting, { name: "left", value: "l" }),
      db.write(writeThenRefuse, { name: "refused" }),
      db.write(mistake, { name: "mistaken" }),
      db.write(putSetting, { name: "right", value: "r" }),
    ]);
    expect(results.map((result) => result.status)).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    const stored = await settings(db);
    expect(stored.get("left")).toBe("l");
    expect(stored.get("right")).toBe("r");
    expect(stored.has("refused")).toBe(false);
    expect(stored.has("mistaken")).toBe(false);
  });

  test("a Failure stays a Failure, with its code and details", async () => {
    const error = await refusal(db.write(writeThenRefuse, { name: "sha256:x" }));
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ code: "blob.unknown", details: { digest: "sha256:x" } });
  });

  test("a mistake stays an error, with its message and where it was made", async () => {
    const error = await refusal(db.write(mistake, { name: "oops" }));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Failure);
    expect(error).toMatchObject({ message: "a mistake of ours" });
    expect((error as Error).stack).toContain("suite-procedures.ts");
  });

  test("a broken constraint is a mistake, not an outage", async () => {
    await db.write(putBlob, { digest: "sha256:twice", size: 1 });
    const error = await refusal(db.write(putBlob, { digest: "sha256:twice", size: 1 }));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Failure);
  });

  test("after a refusal the next write goes through", async () => {
    await refusal(db.write(writeThenRefuse, { name: "once more" }));
    await db.write(putSetting, { name: "after", value: "fine" });
    expect((await settings(db)).get("after")).toBe("fine");
  });
});

describe("what cannot travel between threads", () => {
  // PostgreSQL has no thread between: there such values simply pass.
  const threads = () => db.engine === "sqlite";

  test("a result ends its own call with an error and leaves its neighbours answered", async () => {
    const neighbour = db.write(putSetting, { name: "neighbour of a function", value: "1" });
    const given = await refusal(db.write(giveFunction, { name: "function" }));
    expect(await neighbour).toEqual({ stored: "1" });
    if (threads()) expect(given).toBeInstanceOf(Error);
    await db.write(putSetting, { name: "after a function", value: "1" });
  });

  test("an argument does too", async () => {
    const neighbour = db.write(putSetting, { name: "neighbour of an argument", value: "1" });
    const name = "argument";
    const args = { name, value: "1", extra: () => name };
    const given = await refusal(db.write(putSetting, args));
    expect(await neighbour).toEqual({ stored: "1" });
    if (threads()) expect(given).toBeInstanceOf(Error);
    await db.write(putSetting, { name: "after an argument", value: "1" });
  });

  test("a procedure that nobody registered is an error", async () => {
    if (!threads()) return;
    const stranger = procedure("suite.stranger", async () => 1);
    const error = await refusal(db.write(stranger, {}));
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain("suite.stranger");
  });
});

test("a closed database answers 503 and does not hang", async () => {
  const other = await freshDatabase();
  const closed = await openSuite(other);
  await closed.close();
  const error = await refusal(closed.write(putSetting, { name: "late", value: "1" }));
  expect(error).toMatchObject({ code: "service.database_unavailable", status: 503 });
  await other.drop();
});
