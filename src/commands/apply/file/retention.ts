import { z } from "zod";
import { artifactKinds } from "../../../oci/artifact-kind.ts";

const glob = z.string().min(1).max(256);
const globs = z.array(glob).min(1).max(50);
const days = z.number().min(0).max(36_500);

const count = z.strictObject({
  count: z.number().int().min(0).max(1_000_000),
  by: z
    .enum(["pushed", "used", "version"])
    .optional()
    .describe("used: pulled, pushed or tagged; version: by semantic version. Left out: pushed."),
  per: z
    .enum(["repository", "major", "minor"])
    .optional()
    .describe("Counted in each repository, or in each version of it. Left out: repository."),
});

const rule = z
  .strictObject({
    action: z.enum(["keep", "delete"]),
    note: z.string().min(1).max(256).optional().describe("What it is for."),
    tags: globs.optional().describe("Globs over tags."),
    exceptTags: globs.optional().describe("Globs over tags that are not meant."),
    tagExpression: glob.optional().describe("A regular expression that a tag fits as a whole."),
    versions: glob.optional().describe("A range of semantic versions."),
    untagged: z.boolean().optional().describe("Images without a tag, or with one."),
    olderThanDays: days.optional().describe("Since the push, or since the tag was moved there."),
    newerThanDays: days.optional(),
    unusedForDays: days.optional().describe("Since the last pull, push or move of the tag."),
    pulledWithinDays: days.optional(),
    label: z
      .strictObject({ name: glob, value: glob.optional() })
      .optional()
      .describe("A label of the image, or an annotation of its manifest."),
    platforms: z
      .array(z.string().max(100))
      .min(1)
      .max(50)
      .optional()
      .describe("os/architecture or os/architecture/variant."),
    artifactTypes: globs.optional().describe("Globs over artifact types."),
    kinds: z.array(z.enum(artifactKinds)).min(1).max(50).optional(),
    signed: z.boolean().optional().describe("Whether a signature is stored with it."),
    newest: count.optional().describe("Only the most recent images of those that fit."),
    exceptNewest: count.optional().describe("All that fit but the most recent images."),
  })
  .describe("What is given must fit all together. What keeps beats what deletes.");

export const retentionPolicy = z
  .strictObject({
    name: z.string().min(1).max(64),
    description: z
      .string()
      .max(256)
      .nullable()
      .optional()
      .describe("What it is for. Left out: what is there stays; null: none."),
    repositories: globs
      .optional()
      .describe("Globs over what follows `project/`. Left out: every repository."),
    schedule: z
      .strictObject({
        cron: z.string().min(1).max(128),
        timeZone: z.string().min(1).max(64).optional().describe("Left out: UTC."),
      })
      .nullable()
      .optional()
      .meta({ examples: [{ cron: "0 3 * * *", timeZone: "Europe/Berlin" }] })
      .describe("When it runs. Left out: only when somebody has it run."),
    rules: z.array(rule).min(1).max(50),
  })
  .describe("What is kept, and what goes when.");
