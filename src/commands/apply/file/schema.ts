import { z } from "zod";
import { momentOf } from "./moment.ts";
import { retentionPolicy } from "./retention.ts";

/** The grammar of users, groups, roles and the last part of robots' names. */
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const PROJECT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const MOST = 10_000;

const name = z.string().max(64).regex(NAME);
const projectName = z.string().max(128).regex(PROJECT);
const description = z
  .string()
  .max(1_024)
  .nullable()
  .optional()
  .describe("What it is for. Left out: what is there stays; null: none.");
const glob = z.string().min(1).max(256).nullable().optional();
const condition = z.string().min(1).max(4_096).nullable().optional();
const network = z.string().min(1).max(64);

const role = z
  .strictObject({
    permissions: z
      .array(z.string().max(64))
      .min(1)
      .max(100)
      .describe("All that it allows, such as repository:pull; in any order."),
    secondFactor: z
      .boolean()
      .optional()
      .describe("Whether it counts only with a second factor. Left out: no."),
    description,
  })
  .describe("A role of your own.");

const firstSecret = z
  .strictObject({
    limits: z
      .array(
        z.strictObject({
          actions: z.array(z.string().max(64)).min(1).max(64),
          repositories: z.array(z.string().max(256)).min(1).max(64),
        }),
      )
      .max(32)
      .optional()
      .describe("What the robot's secrets are limited to. Left out: whatever its roles allow."),
    addresses: z.array(network).max(64).optional().describe("Where it can be used from."),
    expiresAfter: z
      .string()
      .regex(/^(?:\d{1,9}(?:s|m|h|d))+$/)
      .optional()
      .describe("How long it is valid, such as 90d. Left out: without an end."),
  })
  .describe("The secret that a new robot gets. Of no meaning for a robot that is there already.");

const robot = z
  .strictObject({
    description,
    enabled: z
      .boolean()
      .optional()
      .describe("Left out: what is there stays, also when somebody has switched it off."),
    firstSecret: firstSecret.optional(),
  })
  .nullable()
  .describe("The account of a machine, by the last part of its name. Secrets are never in here.");

const member = z
  .strictObject({
    who: z
      .string()
      .min(1)
      .max(200)
      .describe(
        "A user's name, group:NAME, a robot's whole name (robot+PROJECT+NAME, robot+NAME), everyone, or authenticated.",
      ),
    role: z.string().min(1).max(64).describe("A built-in role, or one of your own by its name."),
    repositories: glob.describe("A glob over what follows `project/`. Left out: all."),
    tags: glob.describe("A glob over tags. Left out: all."),
    condition: condition.describe("It counts while this holds (CEL). Left out: always."),
    expires: z
      .string()
      .refine((text) => momentOf(text) !== undefined, { error: "not a time" })
      .nullable()
      .optional()
      .meta({ examples: ["2031-01-31", "2031-01-31T18:00:00Z"] })
      .describe("When it ends: a date or a time with its zone. Left out: never."),
  })
  .describe("Somebody who has a role. What is left out is none: the whole of it stands here.");

const trustRule = z
  .strictObject({
    name: z.string().min(1).max(64),
    robot: z.string().min(1).max(200).describe("Whom its workloads become: of the same place."),
    issuer: z.string().min(1).max(1_024).describe("`iss` of its tokens."),
    audience: z.string().min(1).max(256).describe("`aud` of its tokens."),
    subject: z.string().min(1).max(512).describe("A glob over `sub` of its tokens."),
    condition: condition.describe("What must hold of `claims` (CEL). Left out: nothing."),
    jwksUrl: z
      .string()
      .min(1)
      .max(1_024)
      .nullable()
      .optional()
      .describe("Where its keys are, if discovery does not tell."),
    enabled: z.boolean().optional().describe("Left out: what is there stays."),
  })
  .describe("An outside issuer whose workloads become a robot without a stored secret.");

const immutabilityRule = z
  .strictObject({
    name: z.string().min(1).max(64),
    repositories: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe("A glob over what follows `project/`. Left out: every repository."),
    tags: z.string().min(1).max(256).optional().describe("A glob over tags. Left out: every tag."),
    exceptTags: z
      .array(z.string().min(1).max(256))
      .max(20)
      .optional()
      .describe("Globs over tags that stay as free as they were. Left out: none."),
  })
  .describe("Tags that can be neither moved nor removed once they are set.");

const count = z.number().int().min(0).nullable().optional();
const quota = z
  .strictObject({
    bytes: count.describe("At most so many bytes; null: no limit. Left out: what is there stays."),
    bytesWarn: count.describe("From here on people are warned."),
    repositories: count,
    repositoriesWarn: count,
    tags: count.describe("Of each repository."),
    tagsWarn: count,
  })
  .describe("What it may use. Only administrators of the installation can change it.");

const group = z
  .strictObject({
    description,
    members: z
      .array(z.string().min(1).max(200))
      .max(MOST)
      .optional()
      .describe("Names of users and whole names of robots. What a login provider says is apart."),
  })
  .nullable()
  .describe("A group of people and machines, to which roles can be given.");

const roles = z.record(name, role);
const robots = z.record(name, robot);
const members = z.array(member).max(MOST);
const trustRules = z.array(trustRule).max(100);

const project = z
  .strictObject({
    description,
    public: z
      .boolean()
      .optional()
      .describe("Whether everybody may pull without a login. Left out: what is there stays."),
    networks: z
      .array(network)
      .max(100)
      .nullable()
      .optional()
      .describe("Where it can be used from; null: everywhere. Left out: what is there stays."),
    untaggedAfter: z
      .string()
      .regex(/^(?:never|(?:\d{1,9}(?:s|m|h|d))+)$/)
      .nullable()
      .optional()
      .meta({ examples: ["30d", "never"] })
      .describe(
        "When a manifest without tag, index and subject counts as unused; null: as the installation says. Left out: what is there stays.",
      ),
    roles: roles.optional().describe("Roles of this project alone."),
    robots: robots.optional().describe("Its robots."),
    members: members.optional().describe("Who has which role in it."),
    trustRules: trustRules.optional().describe("Outside issuers that its robots are for."),
    immutabilityRules: z
      .array(immutabilityRule)
      .max(100)
      .optional()
      .describe("Which of its tags are immutable."),
    retentionPolicies: z
      .array(retentionPolicy)
      .max(50)
      .optional()
      .describe("What is kept of it, and what goes when."),
    quota: quota.optional(),
  })
  .nullable()
  .describe("A tenant: the owner of all repositories whose names begin with its own.");

/** What one YAML document of `entrepot apply` says. */
export const fileSchema = z
  .strictObject({
    version: z.literal(1).optional().describe("Of this format."),
    projects: z.record(projectName, project).optional().describe("By their names."),
    groups: z.record(name, group).optional().describe("By their names."),
    roles: roles.optional().describe("Roles of the whole installation."),
    robots: robots.optional().describe("Robots of the whole installation."),
    members: members.optional().describe("Who has which role in the whole installation."),
    trustRules: trustRules.optional().describe("For robots of the whole installation."),
  })
  .nullable()
  .describe(
    "What should be in a registry: read by `entrepot apply`, written by `entrepot export`.",
  );

export type FileContent = NonNullable<z.output<typeof fileSchema>>;
export type RoleContent = z.output<typeof role>;
export type RobotContent = z.output<typeof robot>;
export type MemberContent = z.output<typeof member>;
export type TrustRuleContent = z.output<typeof trustRule>;
export type ImmutabilityRuleContent = z.output<typeof immutabilityRule>;
export type RetentionPolicyContent = z.output<typeof retentionPolicy>;
export type QuotaContent = z.output<typeof quota>;
export type ProjectContent = z.output<typeof project>;
export type GroupContent = z.output<typeof group>;

/** The schema for editors. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(fileSchema, { io: "input", unrepresentable: "any" });
  return { $schema, title: "entrepot apply", ...rest };
}
