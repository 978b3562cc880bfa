import fc from "fast-check";
import { compileGlob } from "../../oci/glob.ts";
import type { Actor, Limit } from "../identity/principal.ts";
import { compileCondition } from "./conditions/compile.ts";
import type { Action } from "./permissions.ts";
import { builtInRoles } from "./roles/built-in.ts";
import type { ProjectFacts, Question, Resource } from "./rules.ts";
import type { HeldBinding, Holding } from "./rules-binding.ts";

export const NOW = Date.UTC(2026, 10, 20, 12);

export const projects: readonly ProjectFacts[] = [
  { id: "P1", name: "team", isPublic: false, from: null },
  { id: "P2", name: "open", isPublic: true, from: null },
  { id: "P3", name: "near", isPublic: true, from: (address) => address.startsWith("10.") },
];

const ACTIONS: readonly Action[] = [
  "registry:ping",
  "registry:catalog",
  "user:read",
  "project:create",
  "self:read",
  "project:read",
  "project:update",
  "member:write",
  "audit:read",
  "repository:read",
  "repository:pull",
  "repository:push",
  "repository:delete",
  "repository:force-delete",
];

export const actions = fc.constantFrom(...ACTIONS);

const names = fc.constantFrom("team", "open", "near", "nowhere");
const paths = fc.constantFrom("app", "web/ui", "web/api", "tool");
const tags = fc.constantFrom("v1", "v2", "latest");

export const resources: fc.Arbitrary<Resource> = fc.oneof(
  fc.constant<Resource>({ kind: "registry" }),
  names.map((name): Resource => ({ kind: "project", name })),
  fc.tuple(names, paths, fc.option(tags)).map(([project, path, tag]): Resource => {
    const name = `${project}/${path}`;
    return tag === null ? { kind: "repository", name } : { kind: "repository", name, tag };
  }),
);

const limit: fc.Arbitrary<Limit> = fc.record({
  actions: fc.uniqueArray(fc.oneof(actions, fc.constant("*")), { maxLength: 4 }),
  repositories: fc.uniqueArray(
    fc.constantFrom("**", "team/**", "team/app", "open/*", "*/app", "near/**"),
    { maxLength: 3 },
  ),
});

export const limits = fc.array(limit, { maxLength: 3 });

export const actors: fc.Arbitrary<Actor> = fc
  .record({
    kind: fc.constantFrom("user" as const, "robot" as const, "anonymous" as const),
    administrator: fc.constant(false),
    limits: fc.option(limits),
    secondFactor: fc.boolean(),
    address: fc.constantFrom("10.0.0.1", "192.168.0.1", null),
  })
  .map(({ kind, administrator, ...more }) => ({
    principal: { id: kind, kind, name: kind, administrator },
    groups: [],
    via: kind === "anonymous" ? ("none" as const) : ("password" as const),
    credentialId: null,
    confirmedAt: null,
    claims: {},
    ...more,
  }));

const globs = (texts: readonly string[]) =>
  fc.option(fc.constantFrom(...texts).map((text) => compileGlob(text)));

/** Bindings of an actor, of any scope, bound and unbound. */
export const bindings: fc.Arbitrary<HeldBinding> = fc
  .record({
    id: fc.uuid(),
    role: fc
      .tuple(fc.constantFrom(...builtInRoles), fc.boolean())
      .map(([{ name, permissions }, secondFactor]) => {
        return { key: name, name, permissions: new Set<string>(permissions), secondFactor };
      }),
    scope: fc.constantFrom("system" as const, "project" as const, "repository" as const),
    project: fc.constantFrom("P1", "P2", "P3", "P9"),
    repository: globs(["**", "web/*", "app", "t*"]),
    tag: globs(["v*", "latest", "*"]),
    condition: fc.option(
      fc
        .constantFrom(
          'inNetwork(request.address, "10.0.0.0/8")',
          "request.second_factor",
          "claims.x",
        )
        .map((text) => compileCondition(text === "claims.x" ? "claims.x == 1" : text)),
    ),
    expiresAt: fc.option(fc.constantFrom(NOW - 1, NOW, NOW + 1)),
  })
  .map(({ project, repository, ...more }) => ({
    ...more,
    subject: { kind: "principal" as const, id: "user" },
    projectId: more.scope === "system" ? null : project,
    repository: more.scope === "repository" ? repository : null,
  }));

/** Holds bindings as decisions look at them. */
export function holdingOf(held: readonly HeldBinding[]): Holding {
  const byProject = new Map<string, HeldBinding[]>();
  for (const binding of held) {
    if (binding.projectId === null) continue;
    byProject.set(binding.projectId, [...(byProject.get(binding.projectId) ?? []), binding]);
  }
  return { system: held.filter(({ scope }) => scope === "system"), byProject };
}

export function questionOf(
  actor: Actor,
  action: Action,
  resource: Resource,
  held: readonly HeldBinding[],
): Question {
  const name = resource.kind === "registry" ? null : resource.name.split("/")[0];
  const project = projects.find((each) => each.name === name) ?? null;
  return { actor, action, resource, project, holdings: [holdingOf(held)], now: NOW };
}
