import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { call } from "./client.ts";
import type { Enrolled, SessionState } from "./types.ts";

type Request = Parameters<typeof startAuthentication>[0]["optionsJSON"];
type Creation = Parameters<typeof startRegistration>[0]["optionsJSON"];

/** What the server asks, and the ticket that goes back with the answer. */
interface Offer<T> {
  readonly options: T;
  readonly ticket: string;
}

/** Whether the browser has passkeys for this page: not over plain HTTP, nor under an address. */
export function hasPasskeys(): boolean {
  return window.PublicKeyCredential !== undefined;
}

/** Nobody showed a passkey: there is none for this account, or the reader went another way. */
export class NoPasskey extends Error {
  constructor(cause: unknown) {
    super("no passkey was used", { cause });
    this.name = "NoPasskey";
  }
}

async function asked<T>(device: Promise<T>): Promise<T> {
  try {
    return await device;
  } catch (error) {
    throw new NoPasskey(error);
  }
}

/** Signs in with a passkey alone. Throws `NoPasskey`. */
export async function signInWithPasskey(): Promise<SessionState> {
  const { options, ticket } = await call<Offer<Request>>("POST", "/auth/passkey/options", {});
  const response = await asked(startAuthentication({ optionsJSON: options }));
  return call("POST", "/auth/passkey", { ticket, response });
}

/** Shows a passkey for the running session: as second factor, or to confirm. Throws `NoPasskey`. */
export async function showPasskey(to: "factor" | "confirm"): Promise<SessionState> {
  const path = "/session/factor/passkey-options";
  const { options, ticket } = await call<Offer<Request>>("POST", path, {});
  const response = await asked(startAuthentication({ optionsJSON: options }));
  return call("POST", `/session/${to}`, { kind: "passkey", ticket, response });
}

/** Makes a passkey on this device and adds it to the account. Throws `NoPasskey`. */
export async function addPasskey(name: string): Promise<Enrolled> {
  const path = "/me/factors/passkeys/options";
  const { options, ticket } = await call<Offer<Creation>>("POST", path, {});
  const response = await asked(startRegistration({ optionsJSON: options }));
  return call("POST", "/me/factors/passkeys", { name, ticket, response });
}
