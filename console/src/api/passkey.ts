import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { call } from "./client.ts";
import type { SessionState } from "./types.ts";

type Request = Parameters<typeof startAuthentication>[0]["optionsJSON"];
type Creation = Parameters<typeof startRegistration>[0]["optionsJSON"];

/** What the server asks, and the ticket that goes back with the answer. */
interface Offer<T> {
  readonly options: T;
  readonly ticket: string;
}

/** Signs in with a passkey alone. */
export async function signInWithPasskey(): Promise<SessionState> {
  const { options, ticket } = await call<Offer<Request>>("POST", "/auth/passkey/options", {});
  const response = await startAuthentication({ optionsJSON: options });
  return call("POST", "/auth/passkey", { ticket, response });
}

/** Shows a passkey for the running session: as second factor, or to confirm. */
export async function showPasskey(to: "factor" | "confirm"): Promise<SessionState> {
  const path = "/session/factor/passkey-options";
  const { options, ticket } = await call<Offer<Request>>("POST", path, {});
  const response = await startAuthentication({ optionsJSON: options });
  return call("POST", `/session/${to}`, { kind: "passkey", ticket, response });
}

/** Makes a passkey on this device and adds it to the account. */
export async function addPasskey(
  name: string,
): Promise<{ recoveryCodes: readonly string[] | null }> {
  const path = "/me/factors/passkeys/options";
  const { options, ticket } = await call<Offer<Creation>>("POST", path, {});
  const response = await startRegistration({ optionsJSON: options });
  return call("POST", "/me/factors/passkeys", { name, ticket, response });
}
