import { z } from "@hono/zod-openapi";
import type { SigningKeys } from "../../../features/registry-tokens/keys/service.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing } from "../shapes.ts";

/** The keys that sign registry tokens; their public halves are at `/token/jwks`. */
export function signingKeyRoutes(keys: SigningKeys): AnyRoute[] {
  return [
    route({
      method: "post",
      path: "/signing-keys/rotate",
      id: "rotateSigningKey",
      tag: "system",
      summary: {
        en: "Replace the key that signs registry tokens; unless the old ones are distrusted, tokens under way stay valid",
        zh: "更换仓库令牌的签名密钥；除非不再信任旧密钥，已签发的令牌仍有效",
      },
      action: "system:update",
      params: nothing,
      query: nothing,
      body: z.strictObject({ distrust: z.boolean().default(false) }),
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ doer, body }) {
        await keys.rotate(doer, body);
        return { body: {} };
      },
    }),
  ];
}
