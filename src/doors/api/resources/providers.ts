import { z } from "@hono/zod-openapi";
import type { Providers } from "../../../features/identity/providers/providers.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { idShape, nothing } from "../shapes.ts";
import type { LoginWay } from "./sign-in.ts";

const wayShape = z
  .object({ name: z.string(), label: z.string(), type: z.string() })
  .openapi("Provider");

const reportShape = z
  .object({
    provider: z.string(),
    type: z.string(),
    ok: z.boolean(),
    steps: z.array(
      z.object({
        step: z.string(),
        ok: z.boolean(),
        reason: z.string().optional(),
        facts: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .openapi("ProviderReport");

const TAG = "providers";

/** The login providers of the configuration, and a test that tells what came back from one. */
export function providerRoutes(providers: Providers, ways: readonly LoginWay[]): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/providers",
      id: "listProviders",
      tag: TAG,
      summary: { en: "List the login providers", zh: "列出登录提供方" },
      action: "provider:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z.object({ items: z.array(wayShape) }).openapi("Providers"),
      handle: () => ({ body: { items: [...ways] } }),
    }),
    route({
      method: "post",
      path: "/providers/{provider}/test",
      id: "testProvider",
      tag: TAG,
      summary: {
        en: "Try a login provider and tell step by step what came back",
        zh: "测试登录提供方并逐步显示结果",
      },
      action: "provider:test",
      params: z.strictObject({ provider: z.string().max(64) }),
      query: nothing,
      body: z.strictObject({
        name: z.string().max(256).optional(),
        password: z.string().max(1_024).optional(),
      }),
      answer: reportShape,
      async handle({ params, body }) {
        const { steps, ...rest } = await providers.test(params.provider, body);
        const told = steps.map(({ reason, ...each }) => ({
          ...each,
          facts: { ...each.facts },
          ...(reason === undefined ? {} : { reason }),
        }));
        return { body: { ...rest, steps: told } };
      },
    }),
    route({
      method: "post",
      path: "/providers/{provider}/users",
      id: "admitUser",
      tag: TAG,
      summary: {
        en: "Make the account of somebody at a provider before their first login",
        zh: "在首次登录前为登录提供方中的人员创建账户",
      },
      action: "user:create",
      params: z.strictObject({ provider: z.string().max(64) }),
      query: nothing,
      body: z.strictObject({
        subject: z.string().min(1).max(255).openapi({ description: "The provider's own id." }),
        name: z.string().max(64),
        displayName: z.string().max(256).optional(),
        email: z.string().max(256).optional(),
      }),
      answer: z.object({ id: idShape }).openapi("AdmittedUser"),
      status: 201,
      isCreate: true,
      async handle({ params, body, doer }) {
        const { subject, name, ...rest } = body;
        const who = { subject, name, ...present(rest) };
        const id = await providers.admit(doer, params.provider, who);
        return { body: { id }, location: `/users/${id}` };
      },
    }),
  ];
}
