import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { checkPolicy } from "../rules-policy.ts";
import { importEcr } from "./rules-ecr.ts";
import { importHarbor } from "./rules-harbor.ts";

function ecr(...rules: object[]) {
  return importEcr(
    {
      rules: rules.map((selection, index) => ({
        rulePriority: index + 1,
        description: `rule ${index + 1}`,
        selection,
        action: { type: "expire" },
      })),
    },
    "imported",
  );
}

const rulesOf = (imported: ReturnType<typeof importEcr>) =>
  imported?.policies[0]?.rules.map(({ note: _, ...rule }) => rule);

describe("lifecycle policies of ECR", () => {
  test.each<[string, object, object]>([
    [
      "images older than 14 days without a tag",
      { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
      { action: "delete", untagged: true, olderThanDays: 14 },
    ],
    [
      "all but one image",
      { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 },
      { action: "delete", exceptNewest: { count: 1, by: "pushed", per: "repository" } },
    ],
    [
      "by a prefix",
      {
        tagStatus: "tagged",
        tagPrefixList: ["prod"],
        countType: "imageCountMoreThan",
        countNumber: 1,
      },
      {
        action: "delete",
        tags: ["prod*"],
        exceptNewest: { count: 1, by: "pushed", per: "repository" },
      },
    ],
    [
      "by a pattern, not pulled",
      {
        tagStatus: "tagged",
        tagPatternList: ["*dev*"],
        countType: "sinceImagePulled",
        countUnit: "days",
        countNumber: 30,
      },
      { action: "delete", tags: ["*dev*"], unusedForDays: 30 },
    ],
  ])("%s", (_, selection, rule) => {
    const imported = ecr(selection);
    expect(rulesOf(imported)).toEqual([rule] as never);
    expect(imported?.notCarried).toEqual([]);
  });

  test("what a rule names no later rule expires", () => {
    const imported = ecr(
      {
        tagStatus: "tagged",
        tagPrefixList: ["prod"],
        countType: "imageCountMoreThan",
        countNumber: 10,
      },
      { tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 1 },
      { tagStatus: "any", countType: "sinceImagePushed", countNumber: 90 },
    );
    expect(rulesOf(imported)?.[2]).toEqual({
      action: "delete",
      untagged: false,
      exceptTags: ["prod*"],
      olderThanDays: 90,
    });
  });

  test("what cannot be said is told", () => {
    const imported = ecr(
      {
        tagStatus: "tagged",
        tagPrefixList: ["a", "b"],
        countType: "imageCountMoreThan",
        countNumber: 1,
      },
      { tagStatus: "any", countType: "sinceImageTransitioned", countNumber: 1 },
    );
    expect(imported?.policies).toEqual([]);
    expect(imported?.notCarried.map(({ at }) => at)).toEqual(["rules[0]", "rules[1]"]);
  });
});

const selector = (pattern: string, more = {}) => ({
  kind: "doublestar",
  decoration: "matches",
  pattern,
  extras: '{"untagged":true}',
  ...more,
});
const harborRule = (
  template: string,
  count: number | undefined,
  tags = selector("**"),
  repository = "**",
) => ({
  action: "retain",
  template,
  params: count === undefined ? {} : { [template]: count },
  tag_selectors: [tags],
  scope_selectors: { repository: [{ decoration: "repoMatches", pattern: repository }] },
});

describe("retention policies of Harbor", () => {
  test.each<[string, number | undefined, object]>([
    ["latestPushedK", 10, { newest: { count: 10, by: "pushed", per: "repository" } }],
    ["latestPulledN", 3, { newest: { count: 3, by: "used", per: "repository" } }],
    ["nDaysSinceLastPush", 7, { newerThanDays: 7 }],
    ["nDaysSinceLastPull", 30, { pulledWithinDays: 30 }],
    ["always", undefined, {}],
  ])("%s", (template, count, conditions) => {
    const imported = importHarbor({ algorithm: "or", rules: [harborRule(template, count)] }, "x");
    expect(imported?.policies).toEqual([
      {
        name: "x",
        repositories: ["**"],
        rules: [
          { action: "keep", ...conditions },
          { action: "delete", olderThanDays: 0 },
        ],
        schedule: null,
      },
    ] as never);
    expect(imported?.notCarried).toEqual([]);
  });

  test("a policy for each set of repositories, with patterns in braces and its schedule", () => {
    const tags = selector("{v*,release-*}", { extras: '{"untagged":false}' });
    const imported = importHarbor(
      {
        rules: [
          harborRule("always", undefined, tags, "{web,api}/**"),
          harborRule("latestPushedK", 1),
        ],
        trigger: { kind: "Schedule", settings: { cron: "0 30 2 * * *" } },
      },
      "x",
    );
    expect(imported?.policies).toMatchObject([
      { name: "x", repositories: ["web/**", "api/**"], schedule: { cron: "30 2 * * *" } },
      { name: "x 2", repositories: ["**"] },
    ]);
    expect(imported?.policies[0]?.rules[0]).toEqual({ action: "keep", tags: ["v*", "release-*"] });
  });

  test("while a rule that retains is missing, nothing is deleted", () => {
    const imported = importHarbor(
      {
        rules: [
          harborRule("always", undefined, selector("v[0-9]")),
          harborRule("latestPushedK", 1),
        ],
      },
      "x",
    );
    expect(imported?.policies[0]?.rules.map(({ action }) => action)).toEqual(["keep"]);
    expect(imported?.notCarried.map(({ at }) => at)).toEqual(["rules[0]", "rules"]);
  });
});

describe("whatever a document holds", () => {
  const word = fc.constantFrom("a", "**", "{a,b}", "[x]", "v*", "");
  const ecrRules = fc.record(
    {
      rulePriority: fc.nat(5),
      description: fc.string(),
      selection: fc.record(
        {
          tagStatus: fc.constantFrom("tagged", "untagged", "any", "x"),
          tagPrefixList: fc.array(fc.constantFrom("a", "prod-"), { maxLength: 2 }),
          countType: fc.constantFrom(
            "imageCountMoreThan",
            "sinceImagePushed",
            "sinceImagePulled",
            "x",
          ),
          countNumber: fc.integer({ min: 0, max: 100 }),
        },
        { requiredKeys: [] },
      ),
      action: fc.record({ type: fc.constantFrom("expire", "transition") }),
    },
    { requiredKeys: [] },
  );
  const harborRules = fc
    .tuple(
      fc.constantFrom("always", "latestPushedK", "latestPulledN", "nDaysSinceLastPush", "x"),
      fc.integer({ min: 0, max: 9 }),
      word,
      word,
      fc.constantFrom("matches", "excludes", "x"),
    )
    .map(([template, count, tags, where, decoration]) =>
      harborRule(template, count, selector(tags, { decoration }), where),
    );

  test("what comes of it is a policy that we take, and every rule is one or is told", () => {
    const documents = fc.oneof(
      fc.array(ecrRules, { maxLength: 4 }),
      fc.array(harborRules, { maxLength: 4 }),
      fc.array(fc.jsonValue() as fc.Arbitrary<object>, { maxLength: 3 }),
    );
    fc.assert(
      fc.property(documents, (rules) => {
        for (const read of [importEcr, importHarbor]) {
          const imported = read({ rules }, "imported");
          if (imported === undefined) throw new Error("it has rules");
          for (const policy of imported.policies) checkPolicy(policy);
          if (rules.length > 0) {
            expect(imported.policies.length + imported.notCarried.length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test("what is no document is none", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const hasRules = typeof value === "object" && value !== null && "rules" in value;
        if (hasRules) return;
        expect(importEcr(value, "x")).toBeUndefined();
        expect(importHarbor(value, "x")).toBeUndefined();
      }),
    );
  });
});
