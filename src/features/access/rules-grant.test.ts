import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileGlob } from "../../oci/glob.ts";
import type { Actor } from "../identity/principal.ts";
import { compileCondition } from "./conditions/compile.ts";
import { builtInRole } from "./roles/built-in.ts";
import { decide } from "./rules.ts";
import type { HeldBinding } from "./rules-binding.ts";
import { type Grant, missingFor } from "./rules-grant.ts";
import {
  actions,
  bindings,
  holdingOf,
  NOW,
  projects,
  questionOf,
  resources,
} from "./suite-questions.ts";

const actor: Actor = {
  principal: { id: "user", kind: "user", name: "user", administrator: false },
  groups: [],
  via: "password",
  credentialId: null,
  limits: null,
  secondFactor: false,
  confirmedAt: null,
  address: "10.0.0.1",
  claims: {},
};

function held(role: string, more: Partial<HeldBinding> = {}): HeldBinding {
  const permissions = new Set<string>(builtInRole(role)?.permissions);
  return {
    id: role,
    subject: { kind: "principal", id: "user" },
    role: { key: role, name: role, permissions, secondFactor: false },
    scope: "project",
    projectId: "P1",
    repository: null,
    tag: null,
    condition: null,
    expiresAt: null,
    ...more,
  };
}

function grant(role: string, more: Partial<Grant> = {}): Grant {
  return {
    permissions: builtInRole(role)?.permissions ?? [],
    secondFactor: false,
    scope: "project",
    project: { id: "P1", name: "team" },
    repositories: null,
    tags: null,
    condition: null,
    expiresAt: null,
    ...more,
  };
}

function missing(own: readonly HeldBinding[], given: Grant, who = actor): string[] {
  return missingFor(who, [holdingOf(own)], given, NOW);
}

/** What somebody gives, and what they hold: bindings that differ from it in one thing, and others. */
const ownAndGiven = bindings.chain((given) => {
  const fields = fc.constantFrom("role", "repository", "tag", "condition", "expiresAt");
  const near = fc
    .tuple(bindings, fields)
    .map(([other, field]) => ({ ...given, [field]: other[field as keyof HeldBinding] }));
  return fc.tuple(fc.array(fc.oneof(bindings, near), { maxLength: 5 }), fc.constant(given));
});

describe("nobody gives more than they hold (A31)", () => {
  test("actions", () => {
    expect(missing([held("project-administrator")], grant("maintainer"))).toEqual([]);
    expect(missing([held("developer")], grant("maintainer"))).toEqual([
      "repository:delete",
      "trash:read",
      "trash:restore",
      "member:read",
      "robot:read",
      "role:read",
      "retention:read",
      "immutability:read",
      "quota:read",
    ]);
    expect(missing([], grant("guest"))).toHaveLength(3);
  });

  test("places", () => {
    const everywhere = held("developer", { scope: "system", projectId: null });
    const elsewhere = held("developer", { projectId: "P2" });
    const web = held("developer", { scope: "repository", repository: compileGlob("web/*") });
    expect(missing([everywhere], grant("developer"))).toEqual([]);
    expect(missing([elsewhere], grant("developer"))).not.toEqual([]);
    expect(
      missing([held("developer")], grant("guest", { scope: "system", project: null })),
    ).not.toEqual([]);
    expect(missing([web], grant("guest"))).not.toEqual([]);
    expect(missing([web], grant("guest", { scope: "repository", repositories: "web/*" }))).toEqual(
      [],
    );
    expect(missing([web], grant("guest", { scope: "repository", repositories: "**" }))).not.toEqual(
      [],
    );
    expect(
      missing([held("guest")], grant("guest", { scope: "repository", repositories: "a" })),
    ).toEqual([]);
  });

  test("what can have no effect in a project is not asked about", () => {
    expect(missing([held("project-administrator")], grant("administrator"))).toEqual([]);
    const system = grant("administrator", { scope: "system", project: null });
    expect(missing([held("project-administrator")], system)).toContain("user:create");
  });

  test("lifetime", () => {
    const own = [held("developer", { expiresAt: NOW + 10 })];
    expect(missing(own, grant("guest"))).not.toEqual([]);
    expect(missing(own, grant("guest", { expiresAt: NOW + 11 }))).not.toEqual([]);
    expect(missing(own, grant("guest", { expiresAt: NOW + 10 }))).toEqual([]);
    const over = [held("developer", { expiresAt: NOW })];
    expect(missing(over, grant("guest", { expiresAt: NOW }))).not.toEqual([]);
  });

  test("tags, conditions and second factors", () => {
    const tagged = [held("developer", { tag: compileGlob("v*") })];
    expect(missing(tagged, grant("guest"))).toEqual(["repository:read", "repository:pull"]);
    expect(missing(tagged, grant("guest", { tags: "*" }))).not.toEqual([]);
    expect(missing(tagged, grant("guest", { tags: "v*" }))).toEqual([]);
    const text = 'request.via == "password"';
    const conditional = [held("developer", { condition: compileCondition(text) })];
    expect(missing(conditional, grant("guest"))).not.toEqual([]);
    expect(missing(conditional, grant("guest", { condition: "true" }))).not.toEqual([]);
    expect(missing(conditional, grant("guest", { condition: text }))).toEqual([]);
    const role = { ...held("developer").role, secondFactor: true };
    const factor = [held("developer", { role })];
    const shown = { ...actor, secondFactor: true };
    expect(missing(factor, grant("guest"), shown)).not.toEqual([]);
    expect(missing(factor, grant("guest", { secondFactor: true }))).not.toEqual([]);
    expect(missing(factor, grant("guest", { secondFactor: true }), shown)).toEqual([]);
  });

  test("a credential's limits bind administrators too", () => {
    const principal = { ...actor.principal, administrator: true };
    const free = { ...actor, principal };
    expect(missing([], grant("administrator"), free)).toEqual([]);
    const limits = [{ actions: ["repository:pull"], repositories: ["team/**"] }];
    expect(missing([], grant("developer"), { ...free, limits })).toEqual([
      "project:read",
      "repository:read",
      "repository:push",
    ]);
    const narrow = [{ actions: ["*"], repositories: ["team/web"] }];
    expect(missing([], grant("guest"), { ...free, limits: narrow })).toHaveLength(3);
    const there = grant("guest", { scope: "repository", repositories: "web" });
    expect(missing([], there, { ...free, limits: narrow })).toEqual([]);
  });

  test("whatever is given by whoever, its bearer may nothing that the giver may not", () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        ownAndGiven,
        actions,
        resources,
        fc.boolean(),
        ([own, given], action, resource, secondFactor) => {
          const giver = { ...actor, secondFactor };
          const project = projects.find(({ id }) => id === given.projectId) ?? null;
          const wanted: Grant = {
            permissions: [...given.role.permissions],
            secondFactor: given.role.secondFactor,
            scope: given.scope,
            project,
            repositories: given.repository?.text ?? null,
            tags: given.tag?.text ?? null,
            condition: given.condition?.text ?? null,
            expiresAt: given.expiresAt,
          };
          if (given.scope !== "system" && project === null) return;
          if (missingFor(giver, [holdingOf(own)], wanted, NOW).length > 0) return;
          accepted += 1;
          // The bearer comes from the same place and in the same way.
          const bearer = decide(questionOf(giver, action, resource, [given]));
          const self = decide(questionOf(giver, action, resource, own));
          if (bearer.allowed) expect(self.allowed).toBe(true);
        },
      ),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });
});
