import { DAY, MINUTE, SECOND } from "../../../kernel/clock.ts";
import type { Outbound, OutboundAnswer } from "../../../platform/outbound/port.ts";
import { type KeySet, parseKeySet } from "./key-set.ts";

/** Where keys come from: the document that a rule names, or the one that its issuer does. */
export interface KeySource {
  readonly issuer: string;
  readonly jwksUrl: string | null;
}

export interface FetchedKeys {
  readonly keys: KeySet;
  /** Milliseconds for which the issuer lets them be kept, within our own bounds. */
  readonly maxAge: number;
}

const TIMEOUT = 5 * SECOND;
const MOST_BYTES = 262_144;
const USUAL_AGE = 60 * MINUTE;
const LEAST_AGE = 5 * MINUTE;
const MOST_AGE = DAY;

/**
 * Gets an issuer's keys, by way of its discovery document (OpenID Connect Discovery 1.0, section 4)
 * where the rule names none. Throws `outbound.unreachable`, whatever it was that went wrong.
 */
export async function fetchKeys(
  outbound: Pick<Outbound, "read">,
  { issuer, jwksUrl }: KeySource,
): Promise<FetchedKeys> {
  const options = {
    purpose: "workload",
    timeout: TIMEOUT,
    maxBytes: MOST_BYTES,
    headers: { accept: "application/json, application/jwk-set+json" },
  } as const;
  const url =
    jwksUrl ??
    (await outbound.read(discoveryUrl(issuer), options, (answer) => keysUrlOf(issuer, answer)));
  return await outbound.read(url, options, (answer) => ({
    keys: parseKeySet(jsonOf(answer)),
    maxAge: maxAgeOf(answer.headers.get("cache-control")),
  }));
}

/** "If the Issuer value contains a path component, any terminating / MUST be removed" (section 4). */
function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** "The issuer value returned MUST be identical to the Issuer URL" (section 4.3). */
function keysUrlOf(issuer: string, answer: OutboundAnswer): string {
  const document = jsonOf(answer);
  if (typeof document !== "object" || document === null) throw new Error("no discovery document");
  const said: unknown = Reflect.get(document, "issuer");
  const url: unknown = Reflect.get(document, "jwks_uri");
  if (said !== issuer) throw new Error("the discovery document is of another issuer");
  if (typeof url !== "string") throw new Error("the discovery document names no keys");
  return url;
}

function jsonOf({ status, body }: OutboundAnswer): unknown {
  if (status !== 200) throw new Error(`it answered ${status}`);
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
}

function maxAgeOf(cacheControl: string | null): number {
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(cacheControl ?? "")?.[1];
  if (seconds === undefined) return USUAL_AGE;
  return Math.min(MOST_AGE, Math.max(LEAST_AGE, Number(seconds) * SECOND));
}
