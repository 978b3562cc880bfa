import type { Doer } from "../audit/entry.ts";
import type { Actor } from "../identity/principal.ts";

/** Whoever changes rights: the actor whose own rights bound what they give, as the log names them. */
export interface Acting {
  readonly actor: Actor;
  readonly doer: Doer;
}
