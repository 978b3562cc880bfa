import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Browser } from "../support/browser.ts";
import { basic } from "../support/http-client.ts";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

setDefaultTimeout(60_000);

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry({ projects: [{ name: "team" }] });
});

afterAll(() => registry.close());

async function ask(method: string, path: string, body?: unknown) {
  const browser = new Browser(registry.url);
  const answer = await browser.ask(method, path, body, { authorization: basic(ADMIN) });
  expect(answer.status).toBeLessThan(300);
  return answer.json;
}

/** Runs a policy that deletes everything, to its end. */
async function deleteAll(name: string) {
  const rules = [{ action: "delete", olderThanDays: 0 }];
  const at = "/projects/team/retention-policies";
  const { id } = await ask("POST", at, { name, repositories: ["**"], rules });
  const { id: run } = await ask("POST", `${at}/${id}/run`);
  for (;;) {
    const report = await ask("GET", `/projects/team/retention-runs/${run}`);
    if (report.state === "done") return report;
    expect(["waiting", "running"]).toContain(report.state);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const pulls = async (reference: string) =>
  (await registry.admin.get(`/v2/team/app/manifests/${reference}`)).status;

test("what runs survives a policy that deletes everything, until it is reported to run no more", async () => {
  const layer = piece(new TextEncoder().encode("a layer"));
  const running = await pushImage(registry.admin, "team/app", "running", [layer]);
  const other = await pushImage(registry.admin, "team/app", "other", [
    piece(new TextEncoder().encode("another")),
  ]);
  const image = `registry.example/team/app@${running.digest}`;
  expect(await ask("PUT", "/in-use/prod", { images: [image] })).toMatchObject({ images: 1 });

  const report = await deleteAll("first");
  expect(report).toMatchObject({ tags: { gone: 1 }, manifests: { gone: 1 }, left: 0 });
  expect(report.bytes).toBeGreaterThan(0);
  expect(await pulls(running.digest)).toBe(200);
  expect(await pulls("running")).toBe(200);
  expect(await pulls(other.digest)).toBe(404);
  const spared = `/projects/team/retention-runs/${report.id}/items?outcome=spared`;
  const { items } = await ask("GET", spared);
  expect(items).toMatchObject([{ tag: "running", cause: "in-use", against: 0 }]);

  // What it was deleted with can be had back.
  const trashed = `/projects/team/repositories/app/deleted-artifacts`;
  expect((await ask("GET", trashed)).items).toMatchObject([{ digest: other.digest }]);

  const metrics = (await registry.admin.get("/metrics")).text;
  expect(metrics).toContain("entrepot_retention_runs_total 1");
  expect(metrics).toContain("entrepot_retention_run_failures_total 0");
  expect(metrics).toContain('entrepot_retention_deleted_total{kind="manifest"} 1');
  expect(metrics).toContain("entrepot_retention_left_total 0");

  await ask("PUT", "/in-use/prod", { images: [] });
  expect(await deleteAll("second")).toMatchObject({ manifests: { gone: 1 } });
  expect(await pulls(running.digest)).toBe(404);
});
