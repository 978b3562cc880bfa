import fc from "fast-check";
import type {
  FileContent,
  RetentionPolicyContent,
  TrustRuleContent,
} from "../../src/commands/apply/file/schema.ts";
import { PRUNABLE } from "../../src/commands/apply/model.ts";

export const PROJECTS = ["one", "two"] as const;
export const PEOPLE = ["ada", "bea", "cleo"] as const;
const GROUPS = ["makers", "readers"] as const;
const ROLES = ["pusher", "puller"] as const;
const ROBOTS = ["ci", "cd"] as const;
const RULES = ["build", "ship"] as const;

const description = fc.constantFrom(undefined, null, "one thing", "说明 <b>", "another: #thing");
const some = <T>(items: readonly T[]) => fc.subarray([...items]);

/** Some of these names, each with something of its own. */
function byName<T>(
  names: readonly string[],
  one: fc.Arbitrary<T>,
): fc.Arbitrary<Record<string, T>> {
  return some(names).chain((chosen) =>
    fc
      .tuple(...chosen.map(() => one))
      .map((values) => Object.fromEntries(chosen.map((name, at) => [name, values[at] as T]))),
  );
}

const role = fc.record({
  permissions: fc.subarray(["repository:pull", "repository:push", "project:read"], {
    minLength: 1,
  }),
  secondFactor: fc.constantFrom(undefined, true, false),
  description,
});
const robot = fc.record({ description, enabled: fc.constantFrom(undefined, true, false) });

/** Members that name only what is there: people, this file's groups, robots and roles. */
function members(who: readonly string[], roles: readonly string[], isProject: boolean) {
  const member = fc.record({
    who: fc.constantFrom(...who),
    role: fc.constantFrom(...roles),
    repositories: isProject ? fc.constantFrom(undefined, "app/*", "web") : fc.constant(undefined),
    tags: fc.constantFrom(undefined, "v*"),
    condition: fc.constantFrom(
      undefined,
      null,
      "request.second_factor",
      'action == "repository:pull"',
    ),
    expires: fc.constantFrom(undefined, "2031-01-31", "2032-02-29T10:00:00Z"),
  });
  return fc.uniqueArray(member, {
    maxLength: 5,
    selector: (each) =>
      JSON.stringify([each.who, each.role, each.repositories, each.tags, each.condition ?? null]),
  });
}

function trustRules(issuer: string, robots: readonly string[]): fc.Arbitrary<TrustRuleContent[]> {
  if (robots.length === 0) return fc.constant([]);
  const rule = fc.record({
    name: fc.constantFrom(...RULES),
    robot: fc.constantFrom(...robots),
    issuer: fc.constant(issuer),
    audience: fc.constantFrom("entrepot", "registry.example.com"),
    subject: fc.constantFrom("job:1", "job:*"),
    condition: fc.constantFrom(undefined, "claims.n == 1"),
    enabled: fc.constantFrom(undefined, true, false),
  });
  return fc.uniqueArray(rule, { maxLength: 3, selector: ({ name }) => name });
}

const immutabilityRule = fc.record({
  name: fc.constantFrom("releases", "all of it"),
  repositories: fc.constantFrom(undefined, "web/*"),
  tags: fc.constantFrom(undefined, "v*"),
  exceptTags: fc.constantFrom<string[] | undefined>(undefined, [], ["*-rc", "*-dev"]),
});

const retentionPolicy = fc.record({
  name: fc.constantFrom("nightly", "of old"),
  description,
  repositories: fc.constantFrom<string[] | undefined>(undefined, ["**"], ["web/*", "app"]),
  schedule: fc.constantFrom<RetentionPolicyContent["schedule"]>(
    undefined,
    null,
    { cron: "0 3 * * *" },
    { cron: "30 4 * * 1", timeZone: "Europe/Berlin" },
  ),
  rules: fc.array(
    fc.constantFrom<RetentionPolicyContent["rules"][number]>(
      { action: "keep", tags: ["v*"], note: "what was released" },
      { action: "keep", newest: { count: 5, by: "version", per: "minor" } },
      { action: "delete", exceptNewest: { count: 10 }, exceptTags: ["latest"] },
      { action: "delete", untagged: true, olderThanDays: 1.5 },
      { action: "delete", label: { name: "tier", value: "dev" }, signed: false },
    ),
    { minLength: 1, maxLength: 4 },
  ),
});

function project(name: string, groups: readonly string[], issuer: string) {
  const lists = fc.tuple(byName(ROLES, role), byName(ROBOTS, robot));
  return lists.chain(([roles, robots]) => {
    const machines = Object.keys(robots);
    const who = [
      ...PEOPLE,
      ...groups.map((each) => `group:${each}`),
      ...machines.map((each) => `robot+${name}+${each}`),
      "authenticated",
      "everyone",
    ];
    return fc.record({
      description,
      public: fc.constantFrom(undefined, true, false),
      networks: fc.constantFrom<string[] | null | undefined>(
        undefined,
        null,
        ["10.0.0.0/8", "127.0.0.0/8"],
        ["127.0.0.1", "::1"],
      ),
      untaggedAfter: fc.constantFrom(undefined, null, "never", "24h", "1d", "1h30m"),
      roles: fc.constant(roles),
      robots: fc.constant(robots),
      members: members(who, ["developer", "guest", ...Object.keys(roles)], true),
      trustRules: trustRules(issuer, machines),
      quota: fc.constantFrom(undefined, {}, { bytes: null }, { bytes: 10_000, bytesWarn: 9_000 }),
      retentionPolicies: fc.uniqueArray(retentionPolicy, { selector: (each) => each.name }),
      immutabilityRules: fc.uniqueArray(immutabilityRule, { selector: (each) => each.name }),
    });
  });
}

/** What should be in the registry: any state that a registry can be in. */
export function desired(issuer: string): fc.Arbitrary<FileContent> {
  const group = fc.record({ description, members: some(PEOPLE) });
  return byName(GROUPS, group).chain((groups) => {
    const names = Object.keys(groups);
    return some(PROJECTS).chain((chosen) =>
      fc
        .tuple(
          fc.tuple(...chosen.map((name) => project(name, names, issuer))),
          members([...PEOPLE, ...names.map((each) => `group:${each}`)], ["auditor"], false),
        )
        .map(([contents, all]) => ({
          projects: Object.fromEntries(chosen.map((name, at) => [name, contents[at] ?? null])),
          groups,
          members: all,
        })),
    );
  });
}

/** A role that somebody has cannot go, so that members go with roles. */
export const prunes = fc
  .subarray([...PRUNABLE])
  .map((kinds) => (kinds.includes("roles") ? [...new Set([...kinds, "members"])] : kinds));
