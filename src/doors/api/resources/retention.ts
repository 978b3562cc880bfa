import { z } from "@hono/zod-openapi";
import type { Projects } from "../../../features/projects/project.ts";
import { importEcr } from "../../../features/retention/imports/rules-ecr.ts";
import { importHarbor } from "../../../features/retention/imports/rules-harbor.ts";
import type { PolicyTerms } from "../../../features/retention/policy.ts";
import type { Retention } from "../../../features/retention/service.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import {
  importedShape,
  inputShape,
  policyShape,
  policyView,
  ruleOf,
  ruleView,
  runShape,
  runView,
  termsShape,
} from "../retention-shape.ts";
import { type AnyRoute, route } from "../route.ts";
import { projectName } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery } from "../shapes.ts";

const TAG = "retention";
const BASE = "/projects/{project}/retention-policies";
const ofProject = z.strictObject({ project: projectName });
const one = z.strictObject({ project: projectName, policy: idShape });

export interface RetentionRouteParts {
  readonly retention: Retention;
  readonly projects: Pick<Projects, "named">;
}

export function onProject({ project }: { readonly project: string }) {
  return { kind: "project", name: project } as const;
}

function termsOf({ repositories, rules }: z.output<z.ZodObject<typeof termsShape>>): PolicyTerms {
  return { repositories, rules: rules.map(ruleOf) };
}

/** `/projects/{project}/retention-policies`: what is kept, and what goes when. */
export function retentionRoutes({ retention, projects }: RetentionRouteParts): AnyRoute[] {
  const idOf = async (project: string) => (await projects.named(project)).id;
  const common = { tag: TAG, on: onProject, query: nothing } as const;
  return [
    route({
      ...common,
      method: "get",
      path: BASE,
      id: "listRetentionPolicies",
      summary: { en: "List retention policies", zh: "列出保留策略" },
      action: "retention:read",
      params: ofProject,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(policyShape, "RetentionPolicies"),
      async handle({ params, query }) {
        const ask = { limit: query.limit, after: cursorFrom(query.cursor) ?? null };
        const { items, next } = await retention.list(await idOf(params.project), ask);
        return { body: { items: items.map(policyView), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path: BASE,
      id: "createRetentionPolicy",
      summary: { en: "Make a retention policy", zh: "新建保留策略" },
      action: "retention:update",
      params: ofProject,
      body: z.strictObject(inputShape),
      answer: policyShape,
      status: 201,
      isCreate: true,
      async handle({ params, body, doer, path: here }) {
        const { name, repositories, rules, ...rest } = body;
        const input = { name, ...termsOf({ repositories, rules }), ...present(rest) };
        const policy = await retention.create(doer, await idOf(params.project), input);
        const { id, version } = policy;
        return { body: policyView(policy), version, location: `${here}/${id}` };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${BASE}/{policy}`,
      id: "getRetentionPolicy",
      summary: { en: "Read a retention policy", zh: "查看保留策略" },
      action: "retention:read",
      params: one,
      body: undefined,
      answer: policyShape,
      async handle({ params }) {
        const policy = await retention.get(await idOf(params.project), params.policy);
        return { body: policyView(policy), version: policy.version };
      },
    }),
    route({
      ...common,
      method: "patch",
      path: `${BASE}/{policy}`,
      id: "updateRetentionPolicy",
      summary: { en: "Change a retention policy", zh: "修改保留策略" },
      action: "retention:update",
      params: one,
      body: z.strictObject(inputShape).partial(),
      answer: policyShape,
      isVersioned: true,
      async handle({ params, body: { rules, ...body }, doer, version }) {
        const change = {
          ...present(body),
          ...(rules === undefined ? {} : { rules: rules.map(ruleOf) }),
        };
        const projectId = await idOf(params.project);
        const policy = await retention.update(doer, projectId, params.policy, change, version);
        return { body: policyView(policy), version: policy.version };
      },
    }),
    route({
      ...common,
      method: "delete",
      path: `${BASE}/{policy}`,
      id: "deleteRetentionPolicy",
      summary: { en: "Delete a retention policy", zh: "删除保留策略" },
      action: "retention:update",
      params: one,
      body: undefined,
      answer: nothing,
      status: 204,
      isVersioned: true,
      async handle({ params, doer, version }) {
        await retention.delete(doer, await idOf(params.project), params.policy, version);
        return { body: {} };
      },
    }),
    route({
      ...common,
      method: "post",
      path: `${BASE}/{policy}/run`,
      id: "runRetentionPolicy",
      summary: {
        en: "Run a retention policy now; the answer tells where its report is",
        zh: "立即运行保留策略；返回其报告位置",
      },
      action: "retention:run",
      params: one,
      body: undefined,
      answer: runShape,
      status: 202,
      async handle({ params, doer }) {
        const run = await retention.run(doer, await idOf(params.project), params.policy);
        const location = `/projects/${params.project}/retention-runs/${run.id}`;
        return { body: runView(run), location };
      },
    }),
    route({
      ...common,
      method: "post",
      path: "/projects/{project}/retention-imports",
      id: "readForeignRetention",
      summary: {
        en: "Read a policy of another registry: what it becomes here, and what cannot be carried over. Nothing is saved",
        zh: "读取其他仓库的策略：转换结果及无法转换的部分；不保存任何内容",
      },
      action: "retention:read",
      params: ofProject,
      body: z.strictObject({
        format: z.enum(["ecr", "harbor"]),
        name: z.string().min(1).max(60).default("imported"),
        document: z.unknown().openapi({ description: "The JSON as it was exported." }),
      }),
      answer: importedShape,
      async handle({ body: { format, name, document } }) {
        const imported =
          format === "ecr" ? importEcr(document, name) : importHarbor(document, name);
        if (imported === undefined) {
          throw failure("retention.import", { format, problem: "it has no list of rules" });
        }
        const policies = imported.policies.map(({ name: called, schedule = null, ...terms }) => ({
          name: called,
          schedule,
          repositories: [...terms.repositories],
          rules: terms.rules.map(ruleView),
        }));
        const notCarried = imported.notCarried.map(({ at, en, zh }) => ({ at, why: { en, zh } }));
        return { body: { policies, notCarried } };
      },
    }),
    route({
      ...common,
      method: "post",
      path: "/projects/{project}/retention-previews",
      id: "previewRetention",
      summary: {
        en: "See what a policy would do: a saved one, one that is not saved, or a change to a saved one",
        zh: "预览策略的效果：已保存的策略、未保存的策略，或对已保存策略的修改",
      },
      action: "retention:read",
      params: ofProject,
      body: z.strictObject({
        policyId: idShape.nullable().optional(),
        terms: z.strictObject(termsShape).optional().openapi({
          description: "What is not saved; left out, the policy counts as it is saved.",
        }),
      }),
      answer: runShape,
      status: 202,
      async handle({ params, body: { policyId = null, terms }, doer }) {
        const what = { policyId, unsaved: terms === undefined ? null : termsOf(terms) };
        const run = await retention.preview(doer, await idOf(params.project), what);
        const location = `/projects/${params.project}/retention-runs/${run.id}`;
        return { body: runView(run), location };
      },
    }),
  ];
}
