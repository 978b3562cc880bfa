import { buildInfo } from "./config/build-info.ts";
import { apiDoor } from "./doors/api/door.ts";
import { challenge } from "./doors/challenge.ts";
import { consoleDoor } from "./doors/console/door.ts";
import { Denials } from "./doors/denials.ts";
import type { Doors } from "./doors/front.ts";
import { ociDoor } from "./doors/oci/door.ts";
import { opsDoor } from "./doors/ops/door.ts";
import type { ReadinessCheck } from "./doors/ops/readiness.ts";
import type { RequestIds } from "./doors/request-ids.ts";
import { tokenDoor } from "./doors/token/door.ts";
import { openIdempotency } from "./features/idempotency/service.ts";
import type { RegistryTokens } from "./features/registry-tokens/service.ts";
import type { Asset } from "./platform/assets/bundle.ts";
import type { Database } from "./platform/database/port.ts";
import type { Keyring } from "./platform/sealing/keyring.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";
import { type RestParts, restRoutes } from "./rest.ts";

export interface DoorParts extends Omit<RestParts, "keys" | "denials"> {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly telemetry: Telemetry;
  readonly tokens: RegistryTokens;
  readonly checks: readonly ReadinessCheck[];
  readonly autoCreate: boolean;
  readonly assets: readonly Asset[];
  /** Our own address, from what a request claims it was sent to. */
  readonly originOf: (claimed: string) => string | undefined;
  readonly newRequestId: RequestIds;
}

/** Hangs every door upon the features behind it. */
export function openDoors(parts: DoorParts): Doors {
  const { config, clock, telemetry, newRequestId, originOf, identity, access, audit } = parts;
  const { content, limits, metering, tokens, workload, autoCreate } = parts;
  const open = config.auth.insecureNoAuth;
  const { realm: service } = config.auth;
  const denials = new Denials(audit, clock);
  const common = { identity, access, denials, open, realm: service };
  const oci = ociDoor(
    {
      ...common,
      content,
      tokens,
      audit,
      limits,
      metering,
      quotas: parts.quotas,
      pageSize: config.tags.pageSize,
      autoCreate,
      challenge: (claimed, { scope, error }) =>
        challenge({ origin: originOf(claimed), service, scope, error }),
    },
    telemetry,
    newRequestId,
  );
  const exchange = workload.exchange;
  const token = tokenDoor(
    { identity, tokens, exchange, telemetry, realm: service, open },
    newRequestId,
  );
  const idempotency = openIdempotency(parts.db, clock, parts.keyring);
  const { sessions, factors } = parts;
  const { version } = buildInfo;
  const about = { open, service, version, originOf };
  const api = apiDoor(
    restRoutes({ ...parts, denials, keys: tokens.keys }),
    { identity, sessions, factors, access, denials, idempotency, clock, telemetry, ...about },
    newRequestId,
  );
  const ops = opsDoor({ ...common, telemetry, checks: parts.checks }, newRequestId);
  return { oci, token, api, ops, console: consoleDoor(parts.assets, telemetry, newRequestId) };
}
