import { hostname, networkInterfaces } from "node:os";
import { formatScope, type Scope } from "../oci/scope.ts";

/** Why a bearer token was not enough (RFC 6750 section 3.1). */
export type BearerError = "invalid_token" | "insufficient_scope";

export interface ChallengeParts {
  /** Where clients reach this registry: `https://registry.example.com`; undefined when unknown. */
  readonly origin: string | undefined;
  /** What the registry is called: the realm of Basic, the service of tokens. */
  readonly service: string;
  /** What a token has to allow: a list with spaces. */
  readonly scope?: string | undefined;
  readonly error?: BearerError | undefined;
}

/**
 * A quoted-string (RFC 9110 section 5.6.4) that holds visible ASCII and spaces alone: whatever the
 * text was, it can neither end the string nor the header (A08).
 */
function quoted(text: string): string {
  const visible = text.replace(/[^\x20-\x7e]/g, "");
  return `"${visible.replace(/["\\]/g, (unit) => `\\${unit}`)}"`;
}

/**
 * The value of `WWW-Authenticate`. One scheme and never two: dockerd would try Basic after Bearer
 * and fail without a password, also where an anonymous token is all it takes. Where it is not known
 * under which address the token service can be reached, that scheme is Basic.
 */
export function challenge({ origin, service, scope, error }: ChallengeParts): string {
  if (origin === undefined) return `Basic realm=${quoted(service)}`;
  const parameters = [`realm=${quoted(`${origin}/token`)}`, `service=${quoted(service)}`];
  if (scope !== undefined && scope !== "") parameters.push(`scope=${quoted(scope)}`);
  if (error !== undefined) parameters.push(`error="${error}"`);
  return `Bearer ${parameters.join(",")}`;
}

/** Makes the challenges of one door; the OCI door's scope is what the request would have taken. */
export type ChallengeMaker = (
  claimed: string,
  needed?: { readonly scope?: Scope | undefined; readonly error?: BearerError | undefined },
) => string;

/** `originOf` finds our own address from what a request claims it was sent to. */
export function challengeMaker(
  service: string,
  originOf: (claimed: string) => string | undefined,
): ChallengeMaker {
  return (claimed, { scope, error } = {}) =>
    challenge({
      origin: originOf(claimed),
      service,
      scope: scope === undefined ? undefined : formatScope(scope),
      error,
    });
}

const ORIGIN =
  /^(https?):\/\/([a-z0-9_](?:[a-z0-9_.-]{0,254})|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?$/;

export interface OriginParts {
  /** `server.public_url`; undefined when it is not set. */
  readonly publicUrl: string | undefined;
  /** `server.hosts`: names and addresses, with a port or without. */
  readonly hosts: readonly string[];
  /** The hosts of the listening addresses. */
  readonly listening: readonly string[];
  /** The ports that are listened on; a getter where they are known only later. */
  readonly ports: readonly number[];
  /** Names and addresses of this machine, now. */
  readonly own: readonly string[];
}

/** An IPv6 address as it stands in a URL. */
function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * The origin that links and challenges may be built from, or undefined (A08). `claimed` is what the
 * request says it was sent to (`http://registry.example.com:5000`): it is believed when its host is
 * one that we know to be ours, with a port that we listen on or the scheme's own; never otherwise.
 */
export function knownOrigin(claimed: string, parts: OriginParts): string | undefined {
  if (parts.publicUrl !== undefined) return parts.publicUrl;
  const match = ORIGIN.exec(claimed.toLowerCase());
  if (match === null) return undefined;
  const [origin, scheme, host = "", port] = match;
  const isListed = (list: readonly string[]) =>
    list.some((each) => bracketed(each.toLowerCase()) === host);
  // `host:port` of the configuration: exactly this, for ports that a proxy has mapped.
  const isExact =
    port !== undefined && parts.hosts.some((each) => each.toLowerCase() === `${host}:${port}`);
  if (isExact) return origin;
  const usual = scheme === "https" ? 443 : 80;
  const number = port === undefined ? usual : Number(port);
  const isOurPort = parts.ports.includes(number);
  if (isListed(parts.hosts)) return isOurPort || number === usual ? origin : undefined;
  const isOurs = isLoopback(host) || isListed(parts.listening) || isListed(parts.own);
  return isOurs && isOurPort ? origin : undefined;
}

/** The names and addresses of this machine, as clients may spell them. */
export function ownHosts(): string[] {
  const found = new Set([hostname()]);
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) found.add(address);
  }
  // An address with a zone (`fe80::1%eth0`) can stand in no URL.
  return [...found].filter((host) => !host.includes("%"));
}

const ASK_AGAIN = 10_000;

/** Finds the origin of a request. This machine's addresses may change: it looks again at times. */
export function originFinder(
  parts: Omit<OriginParts, "own">,
  now: () => number,
): (claimed: string) => string | undefined {
  let own = ownHosts();
  let asked = now();
  return (claimed) => {
    const origin = knownOrigin(claimed, { ...parts, own });
    if (origin !== undefined || now() - asked < ASK_AGAIN) return origin;
    own = ownHosts();
    asked = now();
    return knownOrigin(claimed, { ...parts, own });
  };
}
