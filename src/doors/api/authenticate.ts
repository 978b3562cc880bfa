import type { Presence } from "../../features/identity/presence.ts";
import { type Actor, anonymousAt, everybodyAt } from "../../features/identity/principal.ts";
import { csrfMatches, readSessionCookie } from "../../features/identity/sessions/cookie.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Connection } from "../../platform/listen/handler.ts";
import { basicCredentials } from "../basic.ts";
import type { ApiParts } from "./parts.ts";
import type { SessionOfCall } from "./route.ts";

export interface Caller {
  readonly actor: Actor;
  readonly login: SessionOfCall | undefined;
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

function isSameSite(request: Request, connection: Connection): boolean {
  const fetchSite = request.headers.get("sec-fetch-site");
  if (fetchSite !== null && fetchSite !== "same-origin" && fetchSite !== "none") return false;
  const origin = request.headers.get("origin");
  if (origin === null) return fetchSite !== null;
  if (!URL.canParse(origin)) return false;
  // The scheme is left out: a proxy that ends TLS need not be a trusted one for this.
  const { host } = new URL(origin);
  return host === new URL(connection.peer.origin).host || host === request.headers.get("host");
}

/**
 * Finds out who calls: by Basic (a password or a token in its place), by Bearer (a token), or by
 * the console's session. A session that changes something must come from the console (A44).
 */
export async function callerOf(
  request: Request,
  connection: Connection,
  presence: Presence,
  parts: ApiParts,
): Promise<Caller> {
  const { address } = presence;
  if (parts.open) return { actor: everybodyAt(address), login: undefined };
  const header = request.headers.get("authorization");
  if (header !== null) {
    if (/^bearer /i.test(header)) {
      const actor = await parts.identity.bearer(header.slice(7).trim(), presence);
      return { actor, login: undefined };
    }
    const given = basicCredentials(header);
    if (given === undefined) return { actor: anonymousAt(address), login: undefined };
    const actor = await parts.identity.basic(given.name, given.password, presence);
    return { actor, login: undefined };
  }
  const cookie = readSessionCookie(request.headers.get("cookie"), connection.peer.secure);
  if (cookie === undefined) return { actor: anonymousAt(address), login: undefined };
  const found = await parts.sessions.find(cookie, presence);
  if (found === undefined) return { actor: anonymousAt(address), login: undefined };
  if (!SAFE.has(request.method)) {
    const token = request.headers.get("x-csrf-token");
    const isOurs = token !== null && csrfMatches(parts.sessions.csrfToken(cookie), token);
    if (!isOurs || !isSameSite(request, connection)) throw failure("api.cross_site");
  }
  const actor = await parts.identity.actor(found.actor);
  if (actor === undefined) return { actor: anonymousAt(address), login: undefined };
  return { actor, login: { session: found, cookie } };
}

/** Whoever signs in: nobody yet. Another site cannot do it for them (login CSRF, A44). */
export function newcomer(
  request: Request,
  connection: Connection,
  parts: Pick<ApiParts, "open">,
): Caller {
  const { address } = connection.peer;
  const isFromBrowser = request.headers.has("origin") || request.headers.has("sec-fetch-site");
  if (!SAFE.has(request.method) && isFromBrowser && !isSameSite(request, connection)) {
    throw failure("api.cross_site");
  }
  return { actor: parts.open ? everybodyAt(address) : anonymousAt(address), login: undefined };
}
