import { z } from "zod";
import { sizeText } from "./sizes.ts";
import { timeText } from "./values.ts";
import { titles, view } from "./views.ts";

const rule = z.looseObject({ action: z.string() });

function ruleText({ action, ...conditions }: z.output<typeof rule>): string {
  return `${action} ${JSON.stringify(conditions)}`;
}

export const policyView = view(
  z.object({
    id: z.string(),
    name: z.string(),
    repositories: z.array(z.string()),
    rules: z.array(rule),
    schedule: z.object({ cron: z.string(), timeZone: z.string() }).nullable(),
    nextRunAt: z.number().nullable(),
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Repositories", zh: "仓库" }, of: ({ repositories }) => repositories },
    { title: { en: "Rules", zh: "规则数" }, of: ({ rules }) => rules.length },
    {
      title: { en: "Schedule", zh: "计划" },
      of: ({ schedule }) => schedule && `${schedule.cron} ${schedule.timeZone}`,
    },
    { title: { en: "Next run", zh: "下次运行" }, of: ({ nextRunAt }) => timeText(nextRunAt) },
  ],
  [
    { title: titles.id, of: ({ id }) => id },
    { title: { en: "Rules", zh: "规则" }, of: ({ rules }) => rules.map(ruleText) },
  ],
);

const foreign = z.looseObject({
  name: z.string(),
  repositories: z.array(z.string()),
  rules: z.array(rule),
});

/** What a policy of another registry becomes here. */
export const importedShape = z.object({
  policies: z.array(foreign),
  notCarried: z.array(
    z.object({ at: z.string(), why: z.object({ en: z.string(), zh: z.string() }) }),
  ),
});

export const foreignView = view(foreign, [
  { title: titles.name, of: ({ name }) => name },
  { title: { en: "Repositories", zh: "仓库" }, of: ({ repositories }) => repositories },
  { title: { en: "Rules", zh: "规则" }, of: ({ rules }) => rules.map(ruleText) },
]);

export const runState = z.object({
  id: z.string(),
  state: z.string(),
  error: z.string().nullable(),
});

export const runView = view(
  runState.extend({
    kind: z.string(),
    policyName: z.string(),
    createdAt: z.number(),
    tags: z.object({ kept: z.number(), going: z.number(), gone: z.number() }),
    manifests: z.object({ going: z.number(), gone: z.number() }),
    left: z.number(),
    bytes: z.number(),
  }),
  [
    { title: titles.id, of: ({ id }) => id },
    { title: { en: "Policy", zh: "策略" }, of: ({ policyName }) => policyName },
    { title: titles.state, of: ({ state }) => state },
    { title: titles.created, of: ({ createdAt }) => timeText(createdAt) },
    {
      title: { en: "Tags", zh: "标签" },
      of: ({ kind, tags }) => (kind === "run" ? `${tags.gone}/${tags.going}` : tags.going),
    },
    {
      title: { en: "Manifests", zh: "清单" },
      of: ({ kind, manifests: { gone, going } }) => (kind === "run" ? `${gone}/${going}` : going),
    },
    { title: { en: "Left", zh: "未删除" }, of: ({ left }) => left },
    { title: { en: "Freed", zh: "释放" }, of: ({ bytes }) => sizeText(bytes) },
  ],
);

export const itemView = view(
  z.object({
    repository: z.string(),
    tag: z.string().nullable(),
    digest: z.string(),
    outcome: z.string(),
    cause: z.string(),
    rule: z.number().nullable(),
  }),
  [
    {
      title: { en: "What", zh: "对象" },
      of: ({ repository, tag, digest }) =>
        `${repository}${tag === null ? `@${digest}` : `:${tag}`}`,
    },
    { title: { en: "Outcome", zh: "结果" }, of: ({ outcome }) => outcome },
    {
      title: { en: "Why", zh: "原因" },
      of: ({ cause, rule: place }) => (place === null ? cause : `${cause} ${place + 1}`),
    },
  ],
);
