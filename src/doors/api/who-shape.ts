import { z } from "@hono/zod-openapi";
import type { Who } from "../../features/content/views/view.ts";
import type { Actor } from "../../features/identity/principal.ts";

/** Somebody who did something. */
export const whoShape = z
  .object({ id: z.string(), name: z.string(), kind: z.string() })
  .openapi("Who");

/** Visitors without a login are shown no names of accounts (A40). */
export function whoFor({ principal }: Actor): (who: Who | null) => Who | null {
  return principal.kind === "anonymous" ? () => null : (who) => who;
}
