import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { freshName } from "./examples.ts";
import { operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { bodyOf, targetOf } from "./targets.ts";
import { type Ask, must, openTenants, type Tenants } from "./tenants.ts";

setDefaultTimeout(60_000);

let tenants: Tenants;
let db: Database;
let admin: Ask;

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
  admin = tenants.admin;
});

afterAll(async () => {
  await db.close();
  await tenants.close();
});

describe("versions", () => {
  const versioned = operations.filter(({ headers }) => headers.includes("If-Match"));
  const unversioned = operations.filter(
    ({ method, headers, action }) =>
      method !== "GET" &&
      !headers.includes("If-Match") &&
      action !== "public" &&
      action !== "session",
  );

  test.each(versioned)(
    "$id finds what it was asked to find, or does nothing",
    async (operation) => {
      const { method } = operation;
      const target = targetOf(tenants, operation);
      const body = bodyOf(tenants, operation);
      const read = operation.id === "setAdministrator" ? target.replace(/\/[^/]+$/, "") : target;
      const etag = (await admin("GET", read)).headers.get("etag") ?? "";
      expect(etag).toMatch(/^"v\d+"$/);
      const before = await snapshot(db);
      for (const stale of ['"v0"', '"v999999"']) {
        const { status, json } = await admin(method, target, body, { "if-match": stale });
        expect([status, json.status]).toEqual([412, 412]);
      }
      for (const bad of [
        "v1",
        'W/"v1"',
        '"v1", "v2"',
        '"v-1"',
        '"',
        '"v1e1"',
        '"v99999999999999999"',
      ]) {
        const { status, json } = await admin(method, target, body, { "if-match": bad });
        expect([bad, status, json.code]).toEqual([bad, 400, "api.invalid"]);
      }
      expect(await snapshot(db)).toBe(before);
      if (method === "DELETE") return;
      const done = await admin(method, target, body, { "if-match": etag });
      expect(done.status).toBe(operation.status);
      expect(done.headers.get("etag")).toMatch(/^"v\d+"$/);
      expect(done.headers.get("etag")).toBe((await admin("GET", read)).headers.get("etag"));
      if (done.headers.get("etag") !== etag) {
        const again = await admin(method, target, body, { "if-match": etag });
        expect(again.status).toBe(412);
      }
      const any = await admin(method, target, body, { "if-match": "*" });
      expect(any.status).toBe(operation.status);
    },
  );

  test.each(unversioned)("$id compares none, and says so", async (operation) => {
    const before = await snapshot(db);
    const headers = { "if-match": '"v1"' };
    const answer = await admin(
      operation.method,
      targetOf(tenants, operation),
      bodyOf(tenants, operation),
      headers,
    );
    expect([answer.status, answer.json?.code]).toEqual([400, "api.invalid"]);
    expect(await snapshot(db)).toBe(before);
  });

  test("of several changes that saw the same version one is made", async () => {
    const { id } = await must(admin, "POST", "/groups", { name: freshName() });
    const tries = Array.from({ length: 8 }, (_, at) =>
      admin("PATCH", `/groups/${id}`, { description: `by ${at}` }, { "if-match": '"v1"' }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });
});
