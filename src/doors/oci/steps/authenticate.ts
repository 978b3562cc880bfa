import { everybody } from "../../../features/identity/principal.ts";
import { basicCredentials } from "../../basic.ts";
import type { Exchange } from "../exchange.ts";

/** Finds out who asks. Wrong credentials end the exchange; none at all leave it anonymous. */
export function authenticate(x: Exchange): void | Promise<void> {
  if (x.parts.open) {
    x.principal = everybody;
    return;
  }
  const header = x.request.headers.get("authorization");
  if (header === null) return;
  const given = basicCredentials(header);
  if (given === undefined) return;
  return x.parts.identity.basic(given.name, given.password).then((principal) => {
    x.principal = principal;
  });
}
