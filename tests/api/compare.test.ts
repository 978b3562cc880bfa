import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { HttpClient } from "../support/http-client.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { gzip, pushFiles, settled } from "./layered.ts";
import { account } from "./tenants.ts";

setDefaultTimeout(60_000);

let registry: TestRegistry;
let admin: HttpClient;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [account("ada")],
    projects: [{ name: "team" }, { name: "other" }],
    bindings: [{ to: "ada", role: "developer", on: "team" }],
  });
  admin = registry.admin;
});

afterAll(() => registry.close());

const base = gzip([
  { name: "etc/", flag: "5", mode: 0o755 },
  { name: "etc/os-release", body: "NAME=base\n", mtime: 1_700_000_000, uid: 7, gid: 8 },
  { name: "etc/passwd", body: "root:x:0:0\n", mode: 0o600 },
  { name: "opt/old/a", body: "a" },
  { name: "opt/old/b", body: "b" },
  { name: "bin", flag: "2", link: "usr/bin" },
]);

describe("two images side by side", () => {
  async function compared(verb: string, query: Record<string, string>, client = admin) {
    const asked = new URLSearchParams(query);
    return await client.get(`/api/v1/projects/team/repositories/diff/compare${verb}?${asked}`);
  }

  function changes(query: Record<string, string>) {
    const asked = new URLSearchParams(query);
    return settled(admin, `/api/v1/projects/team/repositories/diff/compare/files?${asked}`);
  }

  const second = gzip([
    { name: "etc/os-release", body: "NAME=again\n" },
    { name: "etc/passwd", body: "root:x:0:1\n", mode: 0o600 },
    { name: "opt/old/a", body: "a" },
    { name: "opt/.wh.old" },
    { name: "srv/new", body: "n" },
  ]);

  beforeAll(async () => {
    await pushFiles(admin, "team/diff", "1", [base]);
    await pushFiles(admin, "team/diff", "2", [base, second]);
    await pushFiles(admin, "other/elsewhere", "1", [second]);
  });

  test("tell which layers went and came", async () => {
    const answer = await compared("", { from: "2", to: "1" });
    expect(JSON.parse(answer.expect(200).text)).toMatchObject({
      from: { tags: ["2"] },
      to: { tags: ["1"] },
      layers: [
        { status: "same", digest: base.digest },
        { status: "removed", digest: second.digest },
      ],
    });
  });

  test("tell which files did, and those whose bytes alone changed", async () => {
    const { items } = await changes({ from: "1", to: "2" });
    const told = items.map(({ path, status }: { path: string; status: string }) => [path, status]);
    expect(told).toEqual([
      ["srv", "added"],
      ["etc/os-release", "changed"],
      ["etc/passwd", "changed"],
      ["opt/old/b", "removed"],
      ["srv/new", "added"],
    ]);
    expect(items[2]).toMatchObject({
      from: { size: 11, layer: base.digest },
      to: { size: 11, layer: second.digest },
    });
    const below = await changes({ from: "1", to: "2", path: "/etc" });
    expect(below.items.length).toBe(2);
    expect((await changes({ from: "1", to: "1" })).items).toEqual([]);
  });

  test("come in pages of every size", async () => {
    const whole = (await changes({ from: "1", to: "2" })).items;
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const more: Record<string, string> = cursor === null ? {} : { cursor };
      const page = await changes({ from: "1", to: "2", limit: "1", ...more });
      expect(page.items.length).toBeLessThanOrEqual(1);
      seen.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual(whole);
  });

  test("may be of two repositories, when the reader may see both (A28)", async () => {
    const query = { from: "1", to: "1", otherRepository: "other/elsewhere" };
    expect((await changes(query)).items.length).toBeGreaterThan(4);
    const ada = registry.as(account("ada"));
    for (const verb of ["", "/files"]) {
      const hidden = await compared(verb, query, ada);
      const ghost = await compared(verb, { ...query, otherRepository: "ghosts/x" }, ada);
      for (const { status, text } of [hidden, ghost]) {
        expect([status, JSON.parse(text).code]).toEqual([403, "access.denied"]);
      }
    }
  });
});
