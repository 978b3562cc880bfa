import { describe, expect, test } from "bun:test";
import { holdingOf, projectFactsOf } from "./held.ts";
import { decide } from "./rules.ts";
import type { FactsRow, HeldRow } from "./store/held.ts";
import { actorOf } from "./suite.ts";

const row: HeldRow = {
  id: "b",
  subject_kind: "principal",
  subject_id: "bob",
  role: "developer",
  scope: "project",
  project_id: "P1",
  repository_pattern: null,
  tag_pattern: null,
  condition: null,
  expires_at: null,
  role_name: null,
  role_project: null,
  permissions: null,
  second_factor: null,
};

const actor = actorOf({ id: "bob", kind: "user", name: "bob", administrator: false });
const stored: FactsRow = { id: "P1", name: "team", public: 0, addresses: null };

function mayPush(held: HeldRow, project = stored): boolean {
  const resource = { kind: "repository", name: "team/app" } as const;
  return decide({
    actor,
    action: "repository:push",
    resource,
    project: projectFactsOf(project),
    holdings: [holdingOf([held])],
    now: 1,
  }).allowed;
}

describe("what is stored counts", () => {
  const custom = { ...row, role: "R", role_name: "own", permissions: '["repository:push"]' };

  test("with a built-in role, and with a custom one of the installation or of the project", () => {
    expect(mayPush(row)).toBe(true);
    expect(mayPush(custom)).toBe(true);
    expect(mayPush({ ...custom, role_project: "P1" })).toBe(true);
  });

  test("not with a role that is gone, or of another project (A27)", () => {
    expect(mayPush({ ...row, role: "R" })).toBe(false);
    expect(mayPush({ ...custom, role_project: "P2" })).toBe(false);
  });

  test("not while its condition cannot be compiled, nor from a damaged list of networks", () => {
    expect(mayPush({ ...row, condition: "true" })).toBe(true);
    expect(mayPush({ ...row, condition: "nonsense(" })).toBe(false);
    expect(mayPush(row, { ...stored, addresses: "{}" })).toBe(false);
    expect(mayPush(row, { ...stored, addresses: '["10.0.0.0/8"]' })).toBe(true);
  });
});

test("a role of a project gives nothing that only the installation can give", () => {
  const holdings = [holdingOf([{ ...row, role: "administrator" }])];
  const resource = { kind: "project", name: "team" } as const;
  const project = projectFactsOf(stored);
  const asked = { actor, resource, project, holdings, now: 1 };
  expect(decide({ ...asked, action: "member:write" }).allowed).toBe(true);
  expect(decide({ ...asked, action: "user:create" }).allowed).toBe(false);
  expect(decide({ ...asked, action: "project:create" }).allowed).toBe(false);
  expect(
    decide({ ...asked, action: "audit:read", resource: { kind: "registry" }, project: null })
      .allowed,
  ).toBe(false);
});
