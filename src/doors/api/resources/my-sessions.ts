import { z } from "@hono/zod-openapi";
import type { Sessions } from "../../../features/identity/sessions/service.ts";
import { type AnyRoute, route } from "../route.ts";
import { idShape, nothing, timeShape } from "../shapes.ts";
import { personOf } from "./me.ts";

const sessionShape = z
  .object({
    id: idShape,
    current: z.boolean(),
    provider: z.string(),
    address: z.string().nullable(),
    userAgent: z.string().nullable(),
    secondFactor: z.boolean(),
    createdAt: timeShape,
    lastSeenAt: timeShape,
    expiresAt: timeShape,
  })
  .openapi("Session");

const TAG = "me";

/** Where the caller is signed in. */
export function mySessionRoutes(sessions: Sessions): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/me/sessions",
      id: "listSessions",
      tag: TAG,
      summary: { en: "Where you are signed in", zh: "自己的登录会话" },
      action: "self:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z.object({ items: z.array(sessionShape), next: z.null() }).openapi("Sessions"),
      async handle(call) {
        const all = await sessions.list(personOf(call));
        const current = call.login?.session.id;
        const items = all.map((each) => ({ ...each, current: each.id === current }));
        return { body: { items, next: null } };
      },
    }),
    route({
      method: "delete",
      path: "/me/sessions/{session}",
      id: "endSession",
      tag: TAG,
      summary: { en: "End a session of yours", zh: "结束自己的某个会话" },
      action: "self:update",
      params: z.strictObject({ session: idShape }),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle(call) {
        await sessions.end(call.doer, personOf(call), call.params.session);
        return { body: {} };
      },
    }),
    route({
      method: "delete",
      path: "/me/sessions",
      id: "endOtherSessions",
      tag: TAG,
      summary: { en: "End all your other sessions", zh: "结束自己的其他会话" },
      action: "self:update",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z.object({ ended: z.number().int() }).openapi("EndedSessions"),
      async handle(call) {
        const except = call.login?.session.id;
        return { body: { ended: await sessions.endAll(call.doer, personOf(call), except) } };
      },
    }),
  ];
}
