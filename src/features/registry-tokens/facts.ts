import type { JWTPayload } from "jose";
import { z } from "zod";
import type { Scope } from "../../oci/scope.ts";
import type { Via } from "../identity/principal.ts";
import type { ProjectIds } from "./rules.ts";

/** What a token says about whoever bears it, once its signature was found good. */
export interface BearerFacts {
  readonly tokenId: string;
  /** The key that signed. */
  readonly kid: string;
  /** Empty for nobody. */
  readonly principalId: string;
  readonly via: Via;
  readonly credentialId: string | null;
  readonly generation: number;
  readonly secondFactor: boolean;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly access: readonly Scope[];
  readonly projects: ProjectIds;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const VIAS = [
  "none",
  "password",
  "personal",
  "robot",
  "refresh",
  "login",
  "workload",
] as const satisfies readonly Via[];

/** How somebody may have shown who they are to get a token: never by a session (A37). */
export type TokenVia = (typeof VIAS)[number];

export function isTokenVia(via: Via): via is TokenVia {
  return VIAS.some((each) => each === via);
}

const seconds = z.int().nonnegative();

/** The payload of a token. Names are short: clients send it with every request. */
const payloadSchema = z.strictObject({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  exp: seconds,
  nbf: seconds,
  iat: seconds,
  jti: z.string().min(1),
  access: z.array(
    z.strictObject({ type: z.string(), name: z.string(), actions: z.array(z.string()) }),
  ),
  projects: z.record(z.string(), z.string().nullable()),
  via: z.enum(VIAS),
  cred: z.string().nullable(),
  gen: z.int(),
  mfa: z.boolean(),
  claims: z.record(z.string(), z.unknown()),
});

export type Payload = z.infer<typeof payloadSchema>;

/** Reads a payload whose signature is good; throws for one that we would not have written. */
export function readPayload(payload: JWTPayload): Payload {
  return payloadSchema.parse(payload);
}

export function factsOf(payload: Payload, kid: string): BearerFacts {
  return {
    tokenId: payload.jti,
    kid,
    principalId: payload.sub,
    via: payload.via,
    credentialId: payload.cred,
    generation: payload.gen,
    secondFactor: payload.mfa,
    claims: payload.claims,
    access: payload.access,
    projects: new Map(Object.entries(payload.projects)),
    expiresAt: payload.exp * 1_000,
  };
}
