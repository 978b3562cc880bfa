import { expect, test } from "bun:test";
import { eventRow } from "./events.ts";

const payload = {
  repository: "team/app",
  repositoryId: "r1",
  tag: "v1",
  from: null,
  to: "sha256:aa",
  principal: "admin",
  at: 1_700_000_000_000,
} as const;

test("an event becomes a row with an id of its own and its payload as JSON", () => {
  const row = eventRow("tag.moved", payload, payload.at);
  expect(row).toMatchObject({ kind: "tag.moved", created_at: payload.at });
  expect(JSON.parse(row.payload)).toEqual(payload);
  expect(eventRow("tag.moved", payload, payload.at).id).not.toBe(row.id);
});

test("ids of later events sort later", () => {
  const earlier = eventRow("tag.moved", payload, payload.at);
  const later = eventRow("tag.moved", payload, payload.at + 1);
  expect(earlier.id < later.id).toBe(true);
});
