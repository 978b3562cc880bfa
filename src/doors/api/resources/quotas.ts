import { z } from "@hono/zod-openapi";
import type { Project, Projects } from "../../../features/projects/project.ts";
import type { ProjectQuota, Quotas } from "../../../features/quota/quota.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject, projectName } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const limit = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable();

const limits = {
  bytes: limit.openapi({
    example: 10_737_418_240,
    description: "Bytes of everything in the project, each blob once; null: no limit.",
  }),
  bytesWarn: limit.openapi({ description: "From here on people are warned." }),
  repositories: limit,
  repositoriesWarn: limit,
  tags: limit.openapi({ description: "Of each repository." }),
  tagsWarn: limit,
};
const level = z.enum(["free", "warn", "full"]);
const limitsShape = z.object(limits).openapi("QuotaLimits");

const quotaShape = z
  .object({
    project: z.object({ id: idShape, name: z.string() }),
    limits: limitsShape,
    usage: z.object({
      bytes: z.number().int(),
      repositories: z.number().int(),
      tags: z.number().int().openapi({ description: "Of the repository that has the most." }),
    }),
    level,
    checkedAt: timeShape.nullable().openapi({
      description: "When the counters were last held against what is stored.",
    }),
    difference: z.number().int().nullable().openapi({
      description: "By how many bytes they were wrong then, before they were put right.",
    }),
    version: z.number().int(),
  })
  .openapi("Quota");

const reportShape = z
  .object({
    largest: z.array(z.object({ repository: z.string(), bytes: z.number().int() })),
    trash: z.number().int().openapi({ description: "Bytes that only the trash holds." }),
    unnamed: z.number().int().openapi({ description: "Bytes that no manifest names." }),
    untagged: z.number().int().openapi({
      description: "Bytes that only manifests without tag, index or subject hold.",
    }),
  })
  .openapi("QuotaReport");

const lineShape = z
  .object({
    id: idShape,
    name: z.string(),
    bytes: z.number().int(),
    limit: z.number().int().nullable(),
    warn: z.number().int().nullable(),
    level,
  })
  .openapi("ProjectUsage");

const checkShape = z
  .object({
    difference: z.number().int().openapi({ description: "Counted less stored, in bytes." }),
  })
  .openapi("QuotaCheck");

function view(quota: ProjectQuota): z.input<typeof quotaShape> {
  const { project, limits: most, usage, ...rest } = quota;
  return { project: { ...project }, limits: { ...most }, usage: { ...usage }, ...rest };
}

interface QuotaParts {
  readonly quotas: Quotas;
  readonly projects: Projects;
}

/** What projects use, and what they may. Limits are set by administrators of the installation. */
export function quotaRoutes({ quotas, projects }: QuotaParts): AnyRoute[] {
  const { prefix, on, projectId, params } = inProject(projects);
  const path = `${prefix}/quota`;
  const of = async (given: object): Promise<Project> =>
    projects.get((await projectId(given)) ?? "");
  const common = { tag: "quotas", query: nothing } as const;
  const named = z.strictObject({ project: projectName });
  return [
    route({
      ...common,
      method: "get",
      path,
      id: "getQuota",
      summary: { en: "What a project uses, and what it may", zh: "查看项目的用量与配额" },
      action: "quota:read",
      on,
      params: params({}),
      body: undefined,
      answer: quotaShape,
      async handle(call) {
        const quota = await quotas.of(await of(call.params));
        return { body: view(quota), version: quota.version };
      },
    }),
    route({
      ...common,
      method: "patch",
      path,
      id: "updateQuota",
      summary: { en: "Change the limits of a project", zh: "修改项目的配额" },
      action: "quota:write",
      params: named,
      body: z.strictObject(limits).partial(),
      answer: quotaShape,
      isVersioned: true,
      async handle({ params: given, body, doer, version }) {
        const project = await projects.named(given.project);
        const quota = await quotas.set(doer, project, present(body), version);
        return { body: view(quota), version: quota.version };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/report`,
      id: "getQuotaReport",
      summary: {
        en: "What takes the space of a project, and what would give it back",
        zh: "查看项目空间由什么占用、如何释放",
      },
      action: "quota:read",
      on,
      params: params({}),
      body: undefined,
      answer: reportShape,
      async handle(call) {
        const { largest, ...rest } = await quotas.report(await of(call.params));
        return { body: { ...rest, largest: largest.map((each) => ({ ...each })) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path: `${path}/check`,
      id: "checkQuota",
      summary: {
        en: "Hold the counters of a project against what is stored, and put them right",
        zh: "核对项目的用量计数，并予以更正",
      },
      action: "quota:write",
      params: named,
      body: undefined,
      answer: checkShape,
      async handle({ params: given, doer }) {
        return { body: await quotas.check(doer, await projects.named(given.project)) };
      },
    }),
    route({
      ...common,
      method: "get",
      path: "/quotas",
      id: "listQuotas",
      summary: { en: "List projects by what they use", zh: "按用量列出项目" },
      action: "system:read",
      params: nothing,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(lineShape, "ProjectUsages"),
      async handle({ query }) {
        const ask = { limit: query.limit, after: cursorFrom(query.cursor) ?? null };
        const { items, next } = await quotas.list(ask);
        const lines = items.map((each) => ({ ...each }));
        return { body: { items: lines, next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "get",
      path: "/quota-defaults",
      id: "getQuotaDefaults",
      summary: { en: "The limits that new projects get", zh: "查看新项目的默认配额" },
      action: "system:read",
      params: nothing,
      body: undefined,
      answer: limitsShape,
      handle: async () => ({ body: { ...(await quotas.defaults()) } }),
    }),
    route({
      ...common,
      method: "patch",
      path: "/quota-defaults",
      id: "updateQuotaDefaults",
      summary: {
        en: "Change the limits that new projects get",
        zh: "修改新项目的默认配额",
      },
      action: "quota:write",
      params: nothing,
      body: z.strictObject(limits).partial(),
      answer: limitsShape,
      async handle({ body, doer }) {
        return { body: { ...(await quotas.setDefaults(doer, present(body))) } };
      },
    }),
  ];
}
