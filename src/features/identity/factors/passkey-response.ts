import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { z } from "zod";

const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/);

/** "Credential IDs are at most 1023 bytes" (WebAuthn, section 4). */
const credentialId = base64url(1_364);
const clientDataJSON = base64url(8_192);

/** `RegistrationResponseJSON` (WebAuthn, section 5.1), as far as it is looked at, bounded. */
const registration = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON,
    attestationObject: base64url(65_536),
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
});

/** `AuthenticationResponseJSON`, as far as it is looked at, bounded. */
const assertion = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(8_192),
    signature: base64url(8_192),
    userHandle: z.string().max(128).nullish(),
  }),
});

/** What a browser sends after `create()`; undefined for anything else. */
export function readRegistration(value: unknown): RegistrationResponseJSON | undefined {
  const read = registration.safeParse(value);
  if (!read.success) return undefined;
  const { id, rawId, type, response } = read.data;
  const { clientDataJSON, attestationObject, transports = [] } = response;
  const known = { clientDataJSON, attestationObject, transports };
  return { id, rawId, type, response: known, clientExtensionResults: {} };
}

/** What a browser sends after `get()`; undefined for anything else. */
export function readAssertion(value: unknown): AuthenticationResponseJSON | undefined {
  const read = assertion.safeParse(value);
  if (!read.success) return undefined;
  const { id, rawId, type, response } = read.data;
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id,
    rawId,
    type,
    response: {
      clientDataJSON,
      authenticatorData,
      signature,
      ...(typeof userHandle === "string" ? { userHandle } : {}),
    },
    clientExtensionResults: {},
  };
}
