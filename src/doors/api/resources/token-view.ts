import { z } from "@hono/zod-openapi";
import type { Token } from "../../../features/identity/tokens/token.ts";
import { idShape, timeShape } from "../shapes.ts";

export const limitShape = z
  .strictObject({
    actions: z.array(z.string().max(64)).min(1).max(64),
    repositories: z.array(z.string().max(256)).min(1).max(64),
  })
  .openapi("Limit");

/** A token without its secret, which nobody can read again (A66). */
export const tokenShape = z
  .object({
    id: idShape,
    kind: z.enum(["personal", "robot", "refresh", "login", "workload"]),
    name: z.string(),
    limits: z.array(limitShape).nullable(),
    addresses: z.array(z.string()).nullable(),
    createdAt: timeShape,
    expiresAt: timeShape.nullable(),
    lastUsedAt: timeShape.nullable(),
    lastUsedAddress: z.string().nullable(),
    state: z.enum(["active", "expired", "revoked"]),
  })
  .openapi("Token");

export const issuedShape = tokenShape.extend({ secret: z.string().nullable() }).openapi("NewToken");

export function viewToken(token: Token): z.input<typeof tokenShape> {
  const { id, kind, name, addresses, createdAt, expiresAt, state } = token;
  const { lastUsedAt, lastUsedAddress, limits } = token;
  return {
    id,
    kind,
    name,
    limits:
      limits?.map((limit) => ({
        actions: [...limit.actions],
        repositories: [...limit.repositories],
      })) ?? null,
    addresses: addresses === null ? null : [...addresses],
    createdAt,
    expiresAt,
    lastUsedAt,
    lastUsedAddress,
    state,
  };
}
