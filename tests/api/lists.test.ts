import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { HttpClient } from "../support/http-client.ts";
import { ADMIN } from "../support/registry.ts";
import { freshName } from "./examples.ts";
import { operations } from "./operations.ts";
import { targetOf } from "./targets.ts";
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

/** What comes before more of a query. */
function sign(target: string): string {
  return target.includes("?") ? "&" : "?";
}

describe("lists", () => {
  const lists = operations.filter(({ query }) => query.some(({ name }) => name === "limit"));

  async function walk(target: string, limit: number): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page = await must(admin, "GET", `${target}${sign(target)}limit=${limit}${more}`);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items.map((each: { id?: string }) => each.id ?? JSON.stringify(each)));
      cursor = page.next;
    } while (cursor !== null && seen.length < 1_000);
    return seen;
  }

  test.each(lists)("$id: pages of every size hold each entry once", async (operation) => {
    const target = targetOf(tenants, operation);
    // Reading the log writes to it: a page is its own news.
    if (operation.id.startsWith("listAudit")) return;
    const most = operation.query.find(({ name }) => name === "limit")?.schema.maximum ?? 200;
    const whole = await walk(target, most);
    expect(new Set(whole).size).toBe(whole.length);
    for (const limit of [1, 2, 7])
      expect((await walk(target, limit)).sort()).toEqual(whole.toSorted());
  });

  test.each(lists)(
    "$id: limits and cursors that are none are refused (A06, A33)",
    async (operation) => {
      const target = targetOf(tenants, operation);
      const bad = ["limit=0", "limit=-1", "limit=201", "limit=1.5", "limit=all", "limit=1&limit=1"];
      const cursors = ["cursor=", "cursor=x", "cursor=AAAA", "cursor=MQ==", "cursor=%00"];
      const unknown = ["offset=1", "page=2", "order_by=verifier", "q=(verifier=x)", "__proto__=1"];
      for (const query of [...bad, ...cursors, ...unknown]) {
        const { status, json } = await admin("GET", `${target}${sign(target)}${query}`);
        expect([query, status, json.code]).toEqual([query, 400, "api.invalid"]);
      }
    },
  );

  test("sorts and filters are the listed ones, and never what is secret (A33)", async () => {
    for (const query of [
      "sort=verifier",
      "sort=name;drop",
      "sort=name,id",
      "sort=email",
      "state=all",
      "administrator=1",
      "verifier=x",
      "password=x",
      "generation=1",
      "name=%25",
      "name=a'--",
      "name=A",
      "name=a&name=b",
    ]) {
      const { status } = await admin("GET", `/users?${query}`);
      expect([query, status]).toEqual([query, 400]);
    }
    const found = await must(admin, "GET", "/users?name=chief&sort=name");
    expect(found.items.map(({ name }: { name: string }) => name)).toEqual(["chief", "chief-b"]);
  });

  test("visitors find the public projects, and nothing of the others (A28)", async () => {
    const [open, shut] = [freshName(), freshName()];
    for (const name of [open, shut]) {
      await must(admin, "POST", "/projects", { name, public: name === open });
    }
    const visitor = new HttpClient(tenants.registry.url);
    const seen = async () => JSON.parse((await visitor.get("/api/v1/projects?limit=200")).text);
    const names = (await seen()).items.map(({ name }: { name: string }) => name);
    expect(names).toContain(open);
    expect(names).not.toContain(shut);
    await must(admin, "PATCH", `/projects/${open}`, { public: false });
    const left = (await seen()).items.map(({ name }: { name: string }) => name);
    expect(left).not.toContain(open);
  });

  test("no list or object ever shows a verifier (A33, A66)", async () => {
    const stored = await db.read.selectFrom("credentials").select("verifier").execute();
    const tokens = await db.read.selectFrom("tokens").select("verifier").execute();
    const verifiers = [...stored, ...tokens].map(({ verifier }) => verifier);
    expect(verifiers.length).toBeGreaterThan(10);
    for (const operation of operations.filter(
      ({ method, action }) => method === "GET" && action !== "public",
    )) {
      const { text } = await client.get(`/api/v1${targetOf(tenants, operation)}`);
      for (const verifier of verifiers) expect(text).not.toContain(verifier);
      expect(text).not.toMatch(
        /ent_(?:pat|rob|ref|log|wkl|ses)_\w{40}|"(?:verifier|sealed_key|secret)":"/,
      );
    }
  });

  test("pages stay true while entries come and go (A06)", async () => {
    const steady: string[] = [];
    const fleeting: string[] = [];
    for (let at = 0; at < 30; at++) {
      const { id } = await must(admin, "POST", "/groups", { name: `page-${freshName()}` });
      (at % 3 === 0 ? fleeting : steady).push(id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page = await must(admin, "GET", `/groups?limit=4${more}`);
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next;
      const gone = fleeting.pop();
      if (gone !== undefined) expect((await admin("DELETE", `/groups/${gone}`)).status).toBe(204);
      await must(admin, "POST", "/groups", { name: `page-${freshName()}` });
    } while (cursor !== null && seen.length < 200);
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of steady) expect(seen).toContain(id);
  });
});
