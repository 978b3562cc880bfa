import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Outbound } from "../../platform/outbound/port.ts";
import type { Access } from "../access/service.ts";
import type { AuditPort } from "../identity/audit-port.ts";
import type { Presence } from "../identity/presence.ts";
import type { Revision } from "../identity/revision/revision.ts";
import { Candidates } from "./exchange/candidates.ts";
import {
  type ExchangeAsk,
  type Exchanged,
  type ExchangeParts,
  exchanger,
} from "./exchange/exchange.ts";
import { ExchangeThrottle } from "./exchange/throttle.ts";
import type { KeySource } from "./keys/fetch-keys.ts";
import { IssuerKeys } from "./keys/issuer-keys.ts";
import type { TrustRules } from "./trust/rule.ts";
import { trustRules } from "./trust/service.ts";
import { ruleReads } from "./trust/store.ts";

export interface WorkloadParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly revision: Revision;
  readonly audit: AuditPort;
  readonly identity: ExchangeParts["identity"];
  readonly access: Pick<Access, "decide">;
  readonly outbound: Outbound;
  /** Every action that limits can name. */
  readonly knownActions: ReadonlySet<string>;
  /** Told why an issuer's keys could not be had: for the operator's log alone (A47). */
  readonly onFault: (source: KeySource, error: unknown) => void;
}

/** Identity of workloads: outside issuers that are trusted, and what their tokens are worth. */
export interface Workload {
  readonly rules: TrustRules;
  /**
   * A robot's short token for an outside one (a JWT). Throws `workload.refused` alike for every
   * reason, `access.throttled`; for a token that is good, `identity.limits_invalid` or
   * `identity.limits_wider` where the wish is not.
   */
  exchange(jwt: string, presence: Presence, ask?: ExchangeAsk): Promise<Exchanged>;
}

export function openWorkload(parts: WorkloadParts): Workload {
  const { db, clock, revision, audit, identity, access, outbound, knownActions, onFault } = parts;
  const reads = ruleReads(db);
  return {
    rules: trustRules({ db, reads, revision, audit, access, outbound }),
    exchange: exchanger({
      db,
      clock,
      audit,
      identity,
      knownActions,
      candidates: new Candidates(reads, revision),
      keys: new IssuerKeys({ outbound, clock, onFault }),
      throttle: new ExchangeThrottle(clock),
    }),
  };
}
