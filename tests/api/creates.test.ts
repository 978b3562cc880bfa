import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { HttpClient } from "../support/http-client.ts";
import { ADMIN } from "../support/registry.ts";
import { freshName } from "./examples.ts";
import { operations } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { bodyOf, targetOf } from "./targets.ts";
import { type Ask, must, openTenants, type Tenants } from "./tenants.ts";

setDefaultTimeout(60_000);

let tenants: Tenants;
let db: Database;
let admin: Ask;
let client: HttpClient;

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
  admin = tenants.admin;
  client = new HttpClient(tenants.registry.url, ADMIN);
});

afterAll(async () => {
  await db.close();
  await tenants.close();
});

const creates = operations.filter(({ headers }) => headers.includes("Idempotency-Key"));

/** Waits until what was made, and goes on by itself, has come to its end. */
async function ended(location: string | null): Promise<void> {
  if (location === null || !location.includes("/integrity/scrubs/")) return;
  for (let state = "running"; state === "running"; await Bun.sleep(10)) {
    ({ state } = (await client.get(location)).expect(200).json as { state: string });
  }
}

describe("a create with an Idempotency-Key", () => {
  // One that only a provider can answer is for the tests of providers.
  const here = creates.filter(({ id }) => id !== "admitUser");

  test.each(here)("$id is done once, and its secret told once (A66)", async (operation) => {
    const target = targetOf(tenants, operation);
    const body = bodyOf(tenants, operation);
    const key = { "idempotency-key": freshName() };
    const first = await admin("POST", target, body, key);
    expect(first.status).toBe(201);
    await ended(first.headers.get("location"));
    const after = await snapshot(db);
    const second = await admin("POST", target, body, key);
    expect(await snapshot(db)).toBe(after);
    expect(second.status).toBe(201);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    const secrets = ["secret", "password"].filter((name) => name in first.json);
    const untold = Object.fromEntries(secrets.map((name) => [name, null]));
    expect(second.json).toEqual({ ...first.json, ...untold });
    const kept = await db.read.selectFrom("idempotency_keys").selectAll().execute();
    for (const name of secrets) {
      if (first.json[name] !== null) expect(JSON.stringify(kept)).not.toContain(first.json[name]);
    }
  });

  test.each(here)("$id says where to find what it made", async (operation) => {
    const made = await admin("POST", targetOf(tenants, operation), bodyOf(tenants, operation));
    expect(made.status).toBe(201);
    const location = made.headers.get("location");
    const isSecretOnly = ["createLoginPassword", "rotateRobotSecret"].includes(
      operation.id.replace("InProject", ""),
    );
    expect(location === null).toBe(isSecretOnly);
    if (location === null) return;
    const found = await client.get(location);
    found.expect(200);
    const { secret: _, password: __, ...shown } = made.json;
    // It may have gone on since.
    const { id } = shown;
    expect(found.json).toMatchObject(shown.state === "running" ? { id } : shown);
    await ended(location);
  });

  test("is refused for anything but the same request", async () => {
    const key = { "idempotency-key": freshName() };
    const name = freshName();
    expect((await admin("POST", "/groups", { name }, key)).status).toBe(201);
    for (const [path, body] of [
      ["/groups", { name: freshName() }],
      ["/projects", { name }],
      ["/robots", { name }],
    ] as const) {
      const { status, json } = await admin("POST", path, body, key);
      expect([status, json.code]).toEqual([422, "api.key_reused"]);
    }
  });

  test("of somebody else's is another key", async () => {
    const key = { "idempotency-key": freshName() };
    const name = freshName();
    const mine = await tenants.as("chief")("POST", "/me/tokens", { name }, key);
    const theirs = await tenants.as("guest")("POST", "/me/tokens", { name }, key);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.json.id).not.toBe(mine.json.id);
    expect(theirs.json.secret).toBeString();
  });

  test("that was refused leaves the key free, also for whoever may not", async () => {
    const key = { "idempotency-key": freshName() };
    expect((await admin("POST", "/groups", { name: "Not A Name" }, key)).status).toBe(400);
    expect((await admin("POST", "/groups", { name: freshName() }, key)).status).toBe(201);
    const outsider = tenants.as("outsider");
    for (let count = 0; count < 2; count++) {
      const { status } = await outsider("POST", "/groups", { name: freshName() }, key);
      expect(status).toBe(403);
    }
  });

  test("many times at once is done once", async () => {
    const key = { "idempotency-key": freshName() };
    const name = freshName();
    const tries = Array.from({ length: 12 }, () => admin("POST", "/robots", { name }, key));
    const answers = await Promise.all(tries);
    const told = answers.filter(({ json }) => typeof json.secret === "string");
    expect(told).toHaveLength(1);
    for (const { status, json } of answers) {
      if (status !== 201) expect([status, json.code]).toEqual([409, "api.under_way"]);
    }
    const { items } = await must(admin, "GET", `/robots?name=robot%2B${name}`);
    expect(items).toHaveLength(1);
  });

  test.each([" a b", "a".repeat(129), "é"])("%p is none", async (key) => {
    const headers = { "idempotency-key": key };
    const { status, json } = await admin("POST", "/groups", { name: freshName() }, headers);
    expect([status, json.code]).toEqual([400, "api.invalid"]);
  });
});
