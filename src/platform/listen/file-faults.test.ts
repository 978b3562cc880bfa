import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Harness, urlOf } from "./testing/harness.ts";

const missing = (folder: string) => join(folder, "nothing-here");

test.each<[string, (folder: string) => Response | Promise<Response>]>([
  ["opening the file of an answer", (folder) => new Response(Bun.file(missing(folder)))],
  ["a call that throws", (folder) => new Response(String(statSync(missing(folder)).size))],
  ["a call that rejects", async (folder) => new Response(String(await stat(missing(folder))))],
])("what the system refuses is 503, never 500 and never 404: %s", async (_name, answer) => {
  await using harness = new Harness();
  const listening = await harness.start(() => answer(harness.folder));
  const response = await fetch(urlOf(listening));
  const text = await response.text();
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(text).not.toContain(harness.folder);
  const id = harness.faults[0]?.requestId;
  expect(JSON.parse(text).errors).toMatchObject([
    { code: "UNAVAILABLE", detail: { reason: "service.storage_unavailable", request: id } },
  ]);
  expect(harness.faults.map(({ error }) => error)).toMatchObject([{ code: "ENOENT" }]);
});
