import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { builtInRoles } from "../../src/features/access/roles/built-in.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const account = (name: string) => ({
  name,
  password: `a horse called ${name}, of course`,
  administrator: name === "chief",
});
const [CHIEF, ANN, BEN] = [account("chief"), account("ann"), account("ben")] as const;

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [CHIEF, ANN, BEN],
    projects: [{ name: "team" }, { name: "open", public: true }],
    bindings: [
      { to: "ann", role: "maintainer", on: "team" },
      { to: "ben", role: "developer", on: "team", repositories: "app/**" },
      { to: "ben", role: "auditor" },
    ],
  });
});

afterAll(() => registry.close());

async function rights(who: typeof ANN, query = ""): Promise<string[]> {
  const answer = await registry.as(who).get(`/api/v1/me/rights${query}`);
  return (answer.expect(200).json as { items: string[] }).items;
}

const permissionsOf = (role: string) =>
  builtInRoles.find(({ name }) => name === role)?.permissions ?? [];

describe("what one may do", () => {
  test("in a project is what one's role there has", async () => {
    const wanted = [...permissionsOf("maintainer")].sort();
    expect((await rights(ANN, "?project=team")).sort()).toEqual(wanted);
  });

  test("in the installation is what one's role there has", async () => {
    expect(await rights(ANN)).toEqual([]);
    expect((await rights(BEN)).sort()).toEqual([...permissionsOf("auditor")].sort());
  });

  test("is bounded by the repositories of the binding", async () => {
    expect(await rights(BEN, "?repository=team/app/web")).toContain("repository:push");
    expect(await rights(BEN, "?repository=team/other")).not.toContain("repository:push");
    expect(await rights(BEN, "?project=team")).not.toContain("repository:push");
  });

  test("is everything for administrators, and for nobody in a project that is not there", async () => {
    expect(await rights(CHIEF, "?project=team")).toContain("project:delete");
    expect(await rights(ANN, "?project=none")).toEqual([]);
    const ofAnybody = ["project:read", "repository:read", "repository:pull"];
    expect(await rights(ANN, "?project=open")).toEqual(ofAnybody);
  });
});
