import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Actor } from "../identity/principal.ts";
import { comesWithLogin, isSystemOnly } from "./permissions.ts";
import { decide, limitsCover, type Question, spell } from "./rules.ts";
import type { HeldBinding } from "./rules-binding.ts";
import { actions, actors, bindings, limits, questionOf, resources } from "./suite-questions.ts";

const some = fc.array(bindings, { maxLength: 6 });

/** The same decision, written as one sentence a rule and without thought for speed or reasons. */
function naive({ actor, action, resource, project, now }: Question, held: readonly HeldBinding[]) {
  const repository = resource.kind === "repository" ? resource : null;
  const allowed = (wanted: typeof action, path: string | null, tag: string | undefined) =>
    held.some((binding) => {
      const place =
        binding.scope === "system" ||
        (project !== null &&
          binding.projectId === project.id &&
          !isSystemOnly(wanted) &&
          (binding.scope === "project" ||
            (path === null
              ? wanted === "project:read"
              : (binding.repository?.test(path) ?? true))));
      const time = binding.expiresAt === null || binding.expiresAt > now;
      const factor = !binding.role.secondFactor || actor.secondFactor;
      const tagged =
        binding.tag === null ||
        (path === null
          ? wanted === "project:read"
          : tag === undefined
            ? wanted !== "repository:delete" && wanted !== "repository:force-delete"
            : binding.tag.test(tag));
      const text = binding.condition?.text ?? "";
      const condition =
        text === "" ||
        (text.startsWith("inNetwork") && actor.address === "10.0.0.1") ||
        (text.startsWith("request.second_factor") && actor.secondFactor);
      return binding.role.permissions.has(wanted) && place && time && factor && tagged && condition;
    });
  if (!limitsCover(actor.limits, action, resource)) return false;
  if (comesWithLogin(action)) return actor.principal.kind !== "anonymous";
  if (repository !== null && action === "repository:push" && project === null) {
    return allowed("project:create", null, undefined);
  }
  const path =
    repository === null || !action.startsWith("repository:")
      ? null
      : repository.name.split("/").slice(1).join("/");
  const open =
    project?.isPublic === true &&
    ["project:read", "repository:read", "repository:pull"].includes(action);
  const near = project?.name !== "near" || actor.address === "10.0.0.1";
  return (allowed(action, path, repository?.tag) || open) && near;
}

describe("a decision", () => {
  test("is what the naive model says, for random bindings", () => {
    let allowed = 0;
    fc.assert(
      fc.property(actors, actions, resources, some, (actor, action, resource, held) => {
        const question = questionOf(actor, action, resource, held);
        const decision = decide(question);
        expect(decision.allowed).toBe(naive(question, held));
        if (decision.allowed) allowed += 1;
      }),
      { numRuns: 20_000 },
    );
    // The model would be worth little if nearly everything were refused.
    expect(allowed).toBeGreaterThan(1_000);
  });

  test("is never taken away by one more binding", () => {
    fc.assert(
      fc.property(
        actors,
        actions,
        resources,
        some,
        bindings,
        (actor, action, resource, held, more) => {
          const before = decide(questionOf(actor, action, resource, held));
          const after = decide(questionOf(actor, action, resource, [more, ...held]));
          if (before.allowed) expect(after.allowed).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test("is never widened by a credential's limits (A38)", () => {
    fc.assert(
      fc.property(
        actors,
        actions,
        resources,
        some,
        limits,
        (actor, action, resource, held, given) => {
          const free: Actor = { ...actor, limits: null };
          const without = decide(questionOf(free, action, resource, held));
          const within = decide(questionOf({ ...actor, limits: given }, action, resource, held));
          if (within.allowed) expect(without.allowed).toBe(true);
          if (!without.allowed) expect(within.allowed).toBe(false);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test("binds administrators to their credential's limits, and to nothing else", () => {
    fc.assert(
      fc.property(actors, actions, resources, some, (actor, action, resource, held) => {
        const principal = { ...actor.principal, kind: "user" as const, administrator: true };
        const { allowed } = decide(questionOf({ ...actor, principal }, action, resource, held));
        expect(allowed).toBe(limitsCover(actor.limits, action, resource));
      }),
    );
  });

  test("on an unknown project is that on a forbidden one, word for word (A29)", () => {
    const inProject = resources.filter(({ kind }) => kind !== "registry");
    fc.assert(
      fc.property(actors, actions, inProject, some, (actor, action, resource, held) => {
        // Bindings of other projects only, so that this one is forbidden where it is there.
        const elsewhere = held.filter(({ projectId }) => projectId === "P9");
        const question = questionOf({ ...actor, limits: null }, action, resource, elsewhere);
        const forbidden = { id: "P7", name: "secret", isPublic: false, from: null };
        const one = decide({ ...question, project: null });
        const other = decide({ ...question, project: forbidden });
        expect(one).toEqual(other);
        if (!comesWithLogin(action)) expect(one).toMatchObject({ allowed: false, reason: "none" });
      }),
    );
  });

  test("offers a login to nobody who has logged in", () => {
    fc.assert(
      fc.property(actors, actions, resources, some, (actor, action, resource, held) => {
        const { allowed, login } = decide(questionOf(actor, action, resource, held));
        expect(login).toBe(!allowed && actor.principal.kind === "anonymous");
      }),
    );
  });

  test("tells a refusal by networks only to those who are allowed otherwise", () => {
    fc.assert(
      fc.property(actors, actions, resources, some, (actor, action, resource, held) => {
        const question = questionOf(actor, action, resource, held);
        const { reason } = decide(question);
        if (reason !== "network" || question.project === null) return;
        const project = { ...question.project, from: null };
        expect(decide({ ...question, project }).allowed).toBe(true);
      }),
    );
  });
});

describe("limits cover", () => {
  const pull = ["repository:pull"];
  test.each([
    ["team/app", { kind: "repository", name: "team/app" }, true],
    ["team/app", { kind: "repository", name: "team/app", tag: "v1" }, true],
    ["team/*", { kind: "repository", name: "team/a/b" }, false],
    ["team/**", { kind: "project", name: "team" }, true],
    ["te*/**", { kind: "project", name: "team" }, true],
    ["team/*", { kind: "project", name: "team" }, false],
    ["team/app", { kind: "project", name: "team" }, false],
    ["**", { kind: "project", name: "team" }, true],
    ["**", { kind: "registry" }, true],
    ["*/**", { kind: "registry" }, false],
  ] as const)("%s: %j: %p", (pattern, resource, expected) => {
    const given = [{ actions: pull, repositories: [pattern] }];
    expect(limitsCover(given, "repository:pull", resource)).toBe(expected);
    expect(limitsCover(given, "repository:push", resource)).toBe(false);
    expect(limitsCover([], "repository:pull", resource)).toBe(false);
  });

  test("a ping always: that its credential is right is known to its bearer", () => {
    expect(limitsCover([], "registry:ping", { kind: "registry" })).toBe(true);
    expect(limitsCover([], "self:update", { kind: "registry" })).toBe(false);
  });
});

test("resources are spelled in refusals", () => {
  expect(spell({ kind: "registry" })).toBe("the registry");
  expect(spell({ kind: "project", name: "team" })).toBe("project team");
  expect(spell({ kind: "repository", name: "team/app" })).toBe("repository team/app");
  expect(spell({ kind: "repository", name: "team/app", tag: "v1" })).toBe("repository team/app:v1");
});
