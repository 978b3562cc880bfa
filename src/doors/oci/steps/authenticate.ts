import { type Actor, anonymousAt, everybodyAt } from "../../../features/identity/principal.ts";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import { basicCredentials, bearerToken } from "../../basic.ts";
import type { Exchange } from "../exchange.ts";

/**
 * Finds out who asks: by Basic, or by a registry token as Bearer, and by nothing else (A37, A43).
 * Wrong credentials end the exchange; none at all leave it anonymous.
 */
export function authenticate(x: Exchange): void | Promise<void> {
  if (x.parts.open) {
    x.actor = everybodyAt(x.address);
    return;
  }
  x.actor = anonymousAt(x.address);
  const header = x.request.headers.get("authorization");
  if (header === null) return;
  const token = bearerToken(header);
  if (token !== undefined) return byToken(x, token);
  const given = basicCredentials(header);
  if (given === undefined) return;
  x.scheme = "basic";
  return x.parts.identity.basic(given.name, given.password, x.presence).then((actor) => {
    x.actor = actor;
  });
}

function byToken(x: Exchange, token: string): void | Promise<void> {
  x.scheme = "bearer";
  x.token = token;
  const found = begin(() => x.parts.tokens.actorOf(token, x.presence));
  if (!(found instanceof Promise)) {
    x.actor = found;
    return;
  }
  return found.then(
    (actor) => {
      x.actor = actor;
    },
    (error: unknown) => badToken(x, error),
  );
}

/** What throws at once is refused like what rejects. */
function begin(work: () => Actor | Promise<Actor>): Actor | Promise<Actor> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A wrong password is written down by whoever checks it; a token that is none, here. */
async function badToken(x: Exchange, error: unknown): Promise<never> {
  if (error instanceof Failure && error.status === 401) {
    await x.parts.denials.record(x.doer, {
      action: "login",
      object: { kind: "token", id: null, name: null },
      project: null,
      reason: error.code,
      details: { scheme: "bearer" },
    });
  }
  throw error;
}
