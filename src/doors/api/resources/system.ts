import { z } from "@hono/zod-openapi";
import type { System } from "../../../features/system/service.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing, timeShape } from "../shapes.ts";

const systemShape = z
  .object({
    version: z.string(),
    commit: z.string(),
    node: z.string(),
    startedAt: timeShape,
    engine: z.string(),
    data: z.string(),
    storage: z.object({
      kind: z.string(),
      path: z.string(),
      total: z.number().nullable(),
      free: z.number().nullable(),
    }),
    runtime: z.string(),
    urls: z.array(z.string()),
    health: z.array(z.object({ part: z.string(), ok: z.boolean(), why: z.string().nullable() })),
    configuration: z.array(z.object({ key: z.string(), value: z.string(), origin: z.string() })),
    warnings: z.array(z.string()),
  })
  .openapi("System");

/** `/system`: what answers here, how it is configured, and how its parts are. */
export function systemRoutes(system: System): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/system",
      id: "getSystem",
      tag: "system",
      summary: {
        en: "The node that answers: version, settings without secrets, health of its parts",
        zh: "当前节点：版本、配置（不含机密）与各部分健康状况",
      },
      action: "system:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: systemShape,
      async handle({ language }) {
        const { health, warnings, configuration, urls, ...rest } = await system.report();
        return {
          body: {
            ...rest,
            urls: [...urls],
            configuration: [...configuration],
            health: health.map(({ part, ok, why }) => ({ part, ok, why: why?.[language] ?? null })),
            warnings: warnings.map((words) => words[language]),
          },
        };
      },
    }),
  ];
}
