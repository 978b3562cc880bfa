import { z } from "@hono/zod-openapi";
import { type AnyRoute, route } from "../route.ts";
import { idShape, nothing, timeShape } from "../shapes.ts";
import { personOf } from "./me.ts";
import { cookieOf, loginOf, type SignInParts } from "./session-view.ts";
import { passkeyAnswer, passkeyOptions } from "./sign-in.ts";

const factorShape = z
  .object({
    id: idShape,
    kind: z.enum(["totp", "passkey"]),
    name: z.string(),
    createdAt: timeShape,
    lastUsedAt: timeShape.nullable(),
  })
  .openapi("Factor");

const codesShape = z.array(z.string()).nullable();
const enrolledShape = z.object({ recoveryCodes: codesShape }).openapi("Enrolled");
const name = z.string().min(1).max(64);
const TAG = "me";

/**
 * The caller's own second factors. Setting one up is for sessions alone, finished or not: whoever
 * must have one has to be able to get one. The service asks for a fresh proof by itself.
 */
export function myFactorRoutes({ factors, clock }: SignInParts): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/me/factors",
      id: "listFactors",
      tag: TAG,
      summary: { en: "Your second factors", zh: "自己的第二验证因素" },
      action: "self:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z
        .object({ items: z.array(factorShape), recoveryCodesLeft: z.number().int() })
        .openapi("Factors"),
      async handle(call) {
        const { factors: items, recoveryLeft } = await factors.list(personOf(call));
        return { body: { items, recoveryCodesLeft: recoveryLeft } };
      },
    }),
    route({
      method: "post",
      path: "/me/factors/totp",
      id: "beginTotp",
      tag: TAG,
      summary: { en: "Begin with an authenticator app", zh: "开始设置身份验证器应用" },
      action: "session",
      params: nothing,
      query: nothing,
      body: z.strictObject({ name }),
      answer: z.object({ id: idShape, secret: z.string(), uri: z.string() }).openapi("TotpOffer"),
      status: 201,
      async handle(call) {
        const { id, secret, uri } = await factors.beginTotp(loginOf(call).session, call.body.name);
        return { body: { id, secret: secret.reveal(), uri: uri.reveal() } };
      },
    }),
    route({
      method: "post",
      path: "/me/factors/totp/{factor}/confirm",
      id: "confirmTotp",
      tag: TAG,
      summary: { en: "Prove it with its first code", zh: "用首个验证码确认" },
      action: "session",
      params: z.strictObject({ factor: idShape }),
      query: nothing,
      body: z.strictObject({ code: z.string().min(1).max(16) }),
      answer: enrolledShape,
      async handle(call) {
        const first = { id: call.params.factor, code: call.body.code };
        const done = await factors.confirmTotp(loginOf(call).session, first, call.presence);
        const recoveryCodes = done.recoveryCodes === null ? null : [...done.recoveryCodes];
        return { body: { recoveryCodes }, cookies: [cookieOf(done, call.secure, clock)] };
      },
    }),
    route({
      method: "post",
      path: "/me/factors/passkeys/options",
      id: "beginPasskey",
      tag: TAG,
      summary: { en: "Begin with a passkey", zh: "开始设置通行密钥" },
      action: "session",
      params: nothing,
      query: nothing,
      body: nothing,
      answer: passkeyOptions,
      async handle(call) {
        const { options, ticket } = await factors.beginPasskey(loginOf(call).session);
        return { body: { options: { ...options }, ticket } };
      },
    }),
    route({
      method: "post",
      path: "/me/factors/passkeys",
      id: "addPasskey",
      tag: TAG,
      summary: { en: "Add a passkey", zh: "添加通行密钥" },
      action: "session",
      params: nothing,
      query: nothing,
      body: z.strictObject({ name, ...passkeyAnswer }),
      answer: enrolledShape,
      status: 201,
      async handle(call) {
        const done = await factors.addPasskey(loginOf(call).session, call.body, call.presence);
        const recoveryCodes = done.recoveryCodes === null ? null : [...done.recoveryCodes];
        return { body: { recoveryCodes }, cookies: [cookieOf(done, call.secure, clock)] };
      },
    }),
    route({
      method: "delete",
      path: "/me/factors/{factor}",
      id: "removeFactor",
      tag: TAG,
      summary: { en: "Remove a second factor", zh: "移除第二验证因素" },
      action: "session",
      params: z.strictObject({ factor: idShape }),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle(call) {
        await factors.remove(loginOf(call).session, call.params.factor, call.presence);
        return { body: {} };
      },
    }),
    route({
      method: "post",
      path: "/me/recovery-codes",
      id: "renewRecoveryCodes",
      tag: TAG,
      summary: { en: "New recovery codes; the old ones are void", zh: "重新生成恢复码；旧码作废" },
      action: "session",
      params: nothing,
      query: nothing,
      body: nothing,
      answer: z.object({ codes: z.array(z.string()) }).openapi("RecoveryCodes"),
      async handle(call) {
        const codes = await factors.regenerate(loginOf(call).session, call.presence);
        return { body: { codes: [...codes] } };
      },
    }),
  ];
}
