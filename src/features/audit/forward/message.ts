import type {
  AuditCheckpointsTable,
  AuditResult,
  AuditTable,
} from "../../../platform/database/schema/access.ts";
import { formatMessage, type SyslogMessage } from "../../../platform/syslog/message.ts";
import { asJson } from "../clean.ts";
import { viewOf } from "../list.ts";

/** Which program on which machine speaks. */
export interface Origin {
  readonly hostname: string;
  readonly process: string;
}

/** The enterprise number 32473 is for those who have none of their own (RFC 5612). */
const STRUCTURED_ID = "entrepot@32473";

const SEVERITY: Readonly<Record<AuditResult, SyslogMessage["severity"]>> = {
  done: "notice",
  denied: "warning",
  failed: "error",
};

/** An entry as a syslog message: what filters look at as parameters, all of it as JSON. */
export function entryMessage(row: AuditTable, origin: Origin): Buffer {
  return formatMessage({
    ...origin,
    app: "entrepot",
    severity: SEVERITY[row.result],
    at: row.at,
    kind: row.action,
    structured: {
      id: STRUCTURED_ID,
      parameters: {
        id: row.id,
        chain: row.chain,
        seq: row.seq,
        actor: row.actor_name,
        via: row.via,
        address: row.address,
        request: row.request_id,
        action: row.action,
        object: row.object_name ?? row.object_id,
        result: row.result,
        reason: row.reason,
      },
    },
    text: asJson(viewOf(row)),
  });
}

/** A checkpoint: kept elsewhere, it is what `audit verify --anchor` compares with. */
export function checkpointMessage(row: AuditCheckpointsTable, origin: Origin): Buffer {
  return formatMessage({
    ...origin,
    app: "entrepot",
    severity: "notice",
    at: row.at,
    kind: "audit.checkpoint",
    structured: { id: STRUCTURED_ID, parameters: { chain: row.chain, seq: row.seq } },
    text: `audit checkpoint signed=${row.signature}`,
  });
}
