import { afterAll, beforeAll, expect, test } from "bun:test";
import { piece, pushImage } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  await pushImage(registry.admin, "team/app", "latest", [piece("one layer")]);
});

afterAll(() => registry.close());

/** The bytes that were sent for a route so far. */
async function sent(route: string): Promise<number> {
  const { text } = (await registry.admin.get("/metrics")).expect(200);
  const sample = new RegExp(`^entrepot_http_bytes_out_total\\{route="${route}"\\} (\\d+)$`, "m");
  return Number(sample.exec(text)?.[1]);
}

test.each([
  ["tags", "/v2/team/app/tags/list"],
  ["catalog", "/v2/_catalog"],
  ["manifest", "/v2/team/app/manifests/latest"],
  ["manifest", "/v2/team/app/manifests/nowhere"],
  ["other", "/v2/nothing"],
])("the bytes of a %s answer are counted: %s", async (route, path) => {
  const before = await sent(route);
  const { body } = await registry.admin.get(path);
  expect(body.byteLength).toBeGreaterThan(0);
  expect((await sent(route)) - before).toBe(body.byteLength);
});
