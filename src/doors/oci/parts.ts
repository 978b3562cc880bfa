import type { Access } from "../../features/access/service.ts";
import type { Audit } from "../../features/audit/service.ts";
import type { Content } from "../../features/content/service.ts";
import type { Identity } from "../../features/identity/service.ts";
import type { PullLimits } from "../../features/limits/service.ts";
import type { Metering } from "../../features/metering/service.ts";
import type { Quotas } from "../../features/quota/quota.ts";
import type { RegistryTokens } from "../../features/registry-tokens/service.ts";
import type { BearerError } from "../challenge.ts";
import type { Denials } from "../denials.ts";

/** What the challenge of a 401 says besides where tokens are given. */
export interface Needed {
  /** What a token must allow; undefined where any will do. */
  readonly scope: string | undefined;
  readonly error: BearerError | undefined;
}

/** What this door stands on. */
export interface OciParts {
  readonly content: Content;
  readonly identity: Pick<Identity, "basic">;
  readonly tokens: Pick<RegistryTokens, "actorOf" | "wholeActorOf">;
  readonly access: Pick<Access, "decide" | "visible" | "projectId">;
  readonly audit: Pick<Audit, "pull">;
  readonly denials: Denials;
  readonly limits: PullLimits;
  readonly metering: Pick<Metering, "count">;
  readonly quotas: Pick<Quotas, "pressure" | "keptReport">;
  /** The `WWW-Authenticate` of a 401, for a client that reached us at `origin` (A08). */
  challenge(origin: string, needed: Needed): string;
  /** Everybody may do everything (`--insecure-no-auth`). */
  readonly open: boolean;
  /** Entries of a tag or catalogue page without `n`. */
  readonly pageSize: number;
  /** Whether a push may bring its project into being. */
  readonly autoCreate: boolean;
}
