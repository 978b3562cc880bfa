import { z } from "@hono/zod-openapi";
import type { Immutability, ImmutabilityRule } from "../../../features/immutability/rule.ts";
import type { Project, Projects } from "../../../features/projects/project.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const glob = z.string().min(1).max(256);

const patterns = {
  repositories: glob.openapi({
    example: "**",
    description: "A glob over what follows `project/`; every repository when left out.",
  }),
  tags: glob.openapi({ example: "v*", description: "A glob over tags; every tag when left out." }),
  exceptTags: z
    .array(glob)
    .max(20)
    .openapi({
      example: ["*-dev"],
      description: "Globs over the tags that this rule leaves alone; none when left out.",
    }),
};
const name = z.string().min(1).max(64);

const ruleShape = z
  .object({
    id: idShape,
    name: z.string(),
    repositories: z.string(),
    tags: z.string(),
    exceptTags: z.array(z.string()),
    createdAt: timeShape,
    version: z.number().int(),
  })
  .openapi("ImmutabilityRule");

const tagShape = z.object({ repository: z.string(), tag: z.string() }).openapi("ImmutableTag");

function view(rule: ImmutabilityRule): z.input<typeof ruleShape> {
  const { projectId: _, exceptTags, ...rest } = rule;
  return { ...rest, exceptTags: [...exceptTags] };
}

interface ImmutabilityParts {
  readonly immutability: Immutability;
  readonly projects: Projects;
}

/** Which tags of a project cannot be moved or removed. */
export function immutabilityRoutes({
  immutability: rules,
  projects,
}: ImmutabilityParts): AnyRoute[] {
  const scope = inProject(projects);
  const path = `${scope.prefix}/immutability-rules`;
  const one = scope.params({ immutabilityRule: idShape });
  const common = { tag: "projects", on: scope.on, query: nothing } as const;

  async function where(params: object): Promise<Project> {
    const id = await scope.projectId(params);
    // The scope of a project always has one.
    return projects.get(id ?? "");
  }

  return [
    route({
      ...common,
      method: "get",
      path,
      id: "listImmutabilityRules",
      summary: { en: "List the rules by which tags are immutable", zh: "列出标签不可变规则" },
      action: "immutability:read",
      params: scope.params({}),
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(ruleShape, "ImmutabilityRules"),
      async handle({ params, query }) {
        const ask = { limit: query.limit, after: cursorFrom(query.cursor) ?? null };
        const { items, next } = await rules.list(await where(params), ask);
        return { body: { items: items.map(view), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path,
      id: "createImmutabilityRule",
      summary: {
        en: "Make tags immutable: once set they are neither moved nor removed",
        zh: "设置不可变标签：一经设置便不能移动或删除",
      },
      action: "immutability:write",
      params: scope.params({}),
      body: z.strictObject({ name, ...z.strictObject(patterns).partial().shape }),
      answer: ruleShape,
      status: 201,
      isCreate: true,
      async handle({ params, body, doer, path: here }) {
        const { name: wanted, ...rest } = body;
        const input = { name: wanted, ...present(rest) };
        const rule = await rules.create(doer, await where(params), input);
        return { body: view(rule), version: rule.version, location: `${here}/${rule.id}` };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/{immutabilityRule}`,
      id: "getImmutabilityRule",
      summary: { en: "Read an immutability rule", zh: "查看标签不可变规则" },
      action: "immutability:read",
      params: one,
      body: undefined,
      answer: ruleShape,
      async handle({ params }) {
        const rule = await rules.get(await where(params), params.immutabilityRule);
        return { body: view(rule), version: rule.version };
      },
    }),
    route({
      ...common,
      method: "patch",
      path: `${path}/{immutabilityRule}`,
      id: "updateImmutabilityRule",
      summary: { en: "Change an immutability rule", zh: "修改标签不可变规则" },
      action: "immutability:write",
      params: one,
      body: z.strictObject({ name, ...patterns }).partial(),
      answer: ruleShape,
      isVersioned: true,
      async handle({ params, body, doer, version }) {
        const project = await where(params);
        const id = params.immutabilityRule;
        const rule = await rules.update(doer, project, id, present(body), version);
        return { body: view(rule), version: rule.version };
      },
    }),
    route({
      ...common,
      method: "delete",
      path: `${path}/{immutabilityRule}`,
      id: "deleteImmutabilityRule",
      summary: { en: "Delete an immutability rule", zh: "删除标签不可变规则" },
      action: "immutability:write",
      params: one,
      body: undefined,
      answer: nothing,
      status: 204,
      isVersioned: true,
      async handle({ params, doer, version }) {
        await rules.delete(doer, await where(params), params.immutabilityRule, version);
        return { body: {} };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${scope.prefix}/immutable-tags`,
      id: "previewImmutableTags",
      summary: {
        en: "Tags there are that patterns would make immutable, before a rule is saved",
        zh: "预览匹配模式将使哪些现有标签不可变（保存规则之前）",
      },
      action: "immutability:read",
      params: scope.params({}),
      query: z.strictObject({
        ...pageQuery,
        repositories: patterns.repositories.default("**"),
        tags: patterns.tags.default("*"),
        exceptTags: z
          .string()
          .max(5_120)
          .transform((text) => text.split(",").filter((each) => each !== ""))
          .default([])
          .openapi({
            type: "string",
            example: "*-dev,*-rc",
            description: "Globs, with commas between.",
          }),
      }),
      body: undefined,
      answer: pageOf(tagShape, "ImmutableTags"),
      async handle({ params, query }) {
        const { limit, cursor, ...terms } = query;
        const ask = { limit, after: cursorFrom(cursor) };
        const { items, next } = await rules.preview(await where(params), terms, ask);
        return { body: { items: items.map((each) => ({ ...each })), next: cursorTo(next) } };
      },
    }),
  ];
}
