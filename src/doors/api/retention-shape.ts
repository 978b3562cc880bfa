import { z } from "@hono/zod-openapi";
import type { RetentionPolicy, RetentionRule } from "../../features/retention/policy.ts";
import type { RunItem, RunView } from "../../features/retention/run-view.ts";
import { artifactKinds } from "../../oci/artifact-kind.ts";
import { present } from "./present.ts";
import { idShape, timeShape } from "./shapes.ts";
import { whoShape } from "./who-shape.ts";

const glob = z.string().min(1).max(256);
const globs = z.array(glob).min(1).max(50);
const days = z.number().min(0).max(36_500);

const countShape = z
  .strictObject({
    count: z.number().int().min(0).max(1_000_000),
    by: z.enum(["pushed", "used", "version"]).default("pushed").openapi({
      description: "`used`: pulled, pushed or tagged; `version`: by semantic version.",
    }),
    per: z.enum(["repository", "major", "minor"]).default("repository").openapi({
      description: "Counted in each repository, or in each major or minor version of it.",
    }),
  })
  .openapi("RetentionCount");

export const ruleShape = z
  .strictObject({
    action: z.enum(["keep", "delete"]),
    note: z.string().max(256).optional().openapi({ description: "What it is for." }),
    tags: globs.optional().openapi({ description: "Globs over tags." }),
    exceptTags: globs.optional().openapi({ description: "Globs over tags that are not meant." }),
    tagExpression: z.string().min(1).max(256).optional().openapi({
      description: "A regular expression (RE2) that a tag fits as a whole.",
    }),
    versions: z.string().min(1).max(256).optional().openapi({
      description: "A range of semantic versions, such as `>=1.2 <2`.",
    }),
    untagged: z.boolean().optional().openapi({ description: "Images without a tag, or with one." }),
    olderThanDays: days.optional().openapi({
      description: "Since the push, or since the tag was moved there.",
    }),
    newerThanDays: days.optional(),
    unusedForDays: days.optional().openapi({
      description: "Since the last pull, push or move of the tag.",
    }),
    pulledWithinDays: days.optional(),
    label: z
      .strictObject({ name: z.string().min(1).max(256), value: glob.optional() })
      .optional()
      .openapi({ description: "A label of the image, or an annotation of its manifest." }),
    platforms: z.array(z.string().max(100)).min(1).max(50).optional().openapi({
      description: "`os/architecture` or `os/architecture/variant`.",
    }),
    artifactTypes: globs.optional().openapi({ description: "Globs over artifact types." }),
    kinds: z.array(z.enum(artifactKinds)).min(1).max(50).optional(),
    signed: z.boolean().optional().openapi({
      description: "Whether a signature is stored with it; not whether that is a good one.",
    }),
    newest: countShape.optional().openapi({
      description: "Only the most recent images of those that fit.",
    }),
    exceptNewest: countShape.optional().openapi({
      description: "All that fit but the most recent images.",
    }),
  })
  .openapi("RetentionRule");

const scheduleShape = z
  .strictObject({
    cron: z.string().min(1).max(128).openapi({ example: "0 3 * * *" }),
    timeZone: z.string().min(1).max(64).openapi({ example: "Europe/Berlin" }),
  })
  .openapi("RetentionSchedule");

/** What a policy says, apart from its name. */
export const termsShape = {
  repositories: globs.openapi({
    description: "Globs over what follows the project in a repository's name.",
    example: ["**"],
  }),
  rules: z.array(ruleShape).min(1).max(50).openapi({
    description: "What keeps beats what deletes; what no rule names is kept.",
  }),
};

export const inputShape = {
  name: z.string().min(1).max(64),
  description: z.string().max(256).nullable().optional(),
  schedule: scheduleShape.nullable().optional(),
  ...termsShape,
};

type Read<T extends z.ZodType> = z.output<T>;

/** The rule without the members that were left out. */
export function ruleOf({ label, ...rule }: Read<typeof ruleShape>): RetentionRule {
  const { action } = rule;
  return { ...present(rule), ...(label === undefined ? {} : { label: present(label) }), action };
}

export const policyShape = z
  .object({
    id: idShape,
    projectId: idShape,
    name: z.string(),
    description: z.string().nullable(),
    schedule: scheduleShape.nullable(),
    nextRunAt: timeShape.nullable(),
    repositories: z.array(z.string()),
    rules: z.array(ruleShape),
    createdAt: timeShape,
    updatedAt: timeShape,
    version: z.number().int(),
  })
  .openapi("RetentionPolicy");

export const importedShape = z
  .object({
    policies: z.array(
      z.object({
        name: z.string(),
        schedule: scheduleShape.nullable(),
        repositories: z.array(z.string()),
        rules: z.array(ruleShape),
      }),
    ),
    notCarried: z
      .array(z.object({ at: z.string(), why: z.object({ en: z.string(), zh: z.string() }) }))
      .openapi({ description: "What cannot be said here, and why." }),
  })
  .openapi("ImportedRetention");

export function ruleView(rule: RetentionRule): z.input<typeof ruleShape> {
  return { ...rule } as z.input<typeof ruleShape>;
}

export function policyView(policy: RetentionPolicy): z.input<typeof policyShape> {
  return {
    ...policy,
    repositories: [...policy.repositories],
    rules: policy.rules.map(ruleView),
  };
}

export const runShape = z
  .object({
    id: idShape,
    kind: z.enum(["preview", "run"]),
    policyId: idShape.nullable().openapi({ description: "Null for a policy that was not saved." }),
    policyName: z.string(),
    rules: z.array(z.object({ policy: z.string(), isOwn: z.boolean(), rule: ruleShape })).openapi({
      description: "The rules that counted, those of the project's other policies that keep last.",
    }),
    state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
    error: z.string().nullable(),
    progress: z.object({ done: z.number().int(), total: z.number().int().nullable() }).nullable(),
    startedBy: whoShape.nullable().openapi({ description: "Null for the schedule." }),
    jobId: idShape,
    createdAt: timeShape,
    plannedAt: timeShape.nullable().openapi({ description: "The time that ages count from." }),
    finishedAt: timeShape.nullable(),
    expiresAt: timeShape.openapi({ description: "When the report goes." }),
    repositories: z.number().int(),
    tags: z.object({
      kept: z.number().int(),
      going: z.number().int().openapi({ description: "That the policy lets go." }),
      gone: z.number().int().openapi({ description: "That a run has deleted." }),
    }),
    manifests: z.object({ going: z.number().int(), gone: z.number().int() }),
    left: z.number().int().openapi({
      description: "Of what was to go, what was changed meanwhile or may not go.",
    }),
    bytes: z.number().int().openapi({
      description: "Of blobs that nothing else in this registry holds.",
    }),
  })
  .openapi("RetentionRun");

export function runView({ document, ...run }: RunView): z.input<typeof runShape> {
  const rules = document.rules.map(({ policy, isOwn, rule }) => {
    return { policy, isOwn, rule: ruleView(rule) };
  });
  return { ...run, rules };
}

export const OUTCOMES = ["going", "gone", "left", "spared", "kept"] as const;

export const itemShape = z
  .object({
    seq: z.number().int(),
    kind: z.enum(["tag", "manifest"]),
    repository: z.string().openapi({ description: "The full name." }),
    tag: z.string().nullable(),
    digest: z.string(),
    outcome: z.enum(OUTCOMES).openapi({
      description:
        "`spared`: a rule would have deleted it, and something keeps it. `left`: not deleted after all.",
    }),
    cause: z.string().openapi({
      description:
        "`rule`, `none` (no rule names it), `in-use`, `immutable`, `follows`, `held`, `changed`, `gone`, or the code of a refusal.",
    }),
    rule: z.number().int().nullable().openapi({ description: "Place of the rule that decided." }),
    against: z.number().int().nullable().openapi({
      description: "Place of the rule that would have deleted it.",
    }),
    becauseOf: z.string().nullable().openapi({
      description: "The digest of the image in whose company it goes or stays.",
    }),
    pushedAt: timeShape,
    pulledAt: timeShape.nullable(),
  })
  .openapi("RetentionItem");

export function itemView(item: RunItem): z.input<typeof itemShape> {
  return { ...item };
}
