import type { Actor } from "../../identity/principal.ts";
import type { Tokens } from "../../identity/tokens/token.ts";

/**
 * What a robot's own secrets are limited to: those of the newest one, ended or not, for limits pass
 * from one secret to the next. A workload must not get more by a rule than by a secret (A38).
 */
export async function robotLimits(
  tokens: Pick<Tokens, "list">,
  principalId: string,
): Promise<Actor["limits"]> {
  let newest: { readonly createdAt: number; readonly limits: Actor["limits"] } | undefined;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Tokens["list"]>> = await tokens.list({
      principalId,
      kinds: ["robot"],
      ended: true,
      after,
      limit: 200,
    });
    for (const token of page.items) {
      if (newest === undefined || token.createdAt >= newest.createdAt) newest = token;
    }
    after = page.next;
  } while (after !== null);
  return newest?.limits ?? null;
}
