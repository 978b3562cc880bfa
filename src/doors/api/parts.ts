import type { Access } from "../../features/access/service.ts";
import type { Idempotency } from "../../features/idempotency/service.ts";
import type { Factors } from "../../features/identity/factors/service.ts";
import type { Identity } from "../../features/identity/service.ts";
import type { Sessions } from "../../features/identity/sessions/service.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Connection } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import type { Answered } from "../answered.ts";
import type { Denials } from "../denials.ts";

/** What the frame of the REST door stands on; each resource brings its own beside. */
export interface ApiParts {
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly factors: Factors;
  readonly access: Access;
  readonly denials: Denials;
  readonly idempotency: Idempotency;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Our own address, from what a request claims it was sent to; undefined when not known. */
  readonly originOf: (claimed: string) => string | undefined;
  /** What the registry is called where a password is asked for. */
  readonly service: string;
  /** Everybody may do everything (`--insecure-no-auth`). */
  readonly open: boolean;
  readonly version: string;
}

/** What each request carries through the router. */
export interface ApiEnv {
  Bindings: { readonly answered: Answered; readonly connection: Connection };
}
