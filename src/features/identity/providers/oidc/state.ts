import { z } from "zod";
import { MINUTE } from "../../../../kernel/clock.ts";
import type { Keyring } from "../../../../platform/sealing/keyring.ts";

const PURPOSE = "oidc-login";

/** How long somebody may take at the provider's pages. */
export const LOGIN_LIFETIME = 10 * MINUTE;

const schema = z.strictObject({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  redirectUri: z.string(),
  returnTo: z.string(),
  isFresh: z.boolean(),
  expires: z.number(),
});

/** What a login that has begun needs at its end; the browser keeps it, and cannot read it. */
export type LoginState = z.infer<typeof schema>;

export function sealState(keyring: Keyring, state: LoginState): string {
  return keyring.seal(PURPOSE, JSON.stringify(state));
}

/** Undefined when it is not one of ours, has expired at `now`, or is of another provider. */
export function openState(
  keyring: Keyring,
  sealed: string,
  provider: string,
  now: number,
): LoginState | undefined {
  let plain: unknown;
  try {
    plain = JSON.parse(keyring.open(PURPOSE, sealed));
  } catch {
    return undefined;
  }
  const { data: state } = schema.safeParse(plain);
  if (state === undefined || state.provider !== provider || state.expires <= now) return undefined;
  return state;
}
