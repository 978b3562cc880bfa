import { accessErrors } from "./access.ts";
import { apiErrors } from "./api.ts";
import { auditErrors } from "./auditing.ts";
import { contentErrors } from "./content.ts";
import { databaseErrors } from "./database.ts";
import { type Details, type ErrorEntry, fill } from "./failure.ts";
import { identityErrors } from "./identity.ts";
import { immutabilityErrors } from "./immutability.ts";
import { insightErrors } from "./insight.ts";
import { integrityErrors } from "./integrity.ts";
import { jobErrors } from "./jobs.ts";
import { lensErrors } from "./lens.ts";
import { operationErrors } from "./operation.ts";
import { outboundErrors } from "./outbound.ts";
import { protocolErrors } from "./protocol.ts";
import { providerErrors } from "./providers.ts";
import { quotaErrors } from "./quota.ts";
import { reclaimErrors } from "./reclaim.ts";
import { retentionErrors } from "./retention.ts";
import { rightsErrors } from "./rights.ts";
import { secretsErrors } from "./secrets.ts";
import { serviceErrors } from "./service.ts";
import { sessionErrors } from "./sessions.ts";
import { tokenErrors } from "./tokens.ts";

/** The one catalogue: every refusal, its wire code, status and words in both languages. */
export const catalogue = {
  ...protocolErrors,
  ...contentErrors,
  ...immutabilityErrors,
  ...quotaErrors,
  ...insightErrors,
  ...integrityErrors,
  ...accessErrors,
  ...identityErrors,
  ...rightsErrors,
  ...providerErrors,
  ...sessionErrors,
  ...tokenErrors,
  ...outboundErrors,
  ...secretsErrors,
  ...auditErrors,
  ...apiErrors,
  ...jobErrors,
  ...lensErrors,
  ...reclaimErrors,
  ...retentionErrors,
  ...serviceErrors,
  ...databaseErrors,
  ...operationErrors,
};

export type ErrorCode = keyof typeof catalogue;
export type Language = "en" | "zh";

/**
 * An error of the catalogue on its way to whoever asked.
 * `details` are public; what must stay private (paths, SQL, stack) travels in `cause` and is only logged.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details = {}, cause?: unknown) {
    const entry: ErrorEntry = catalogue[code];
    super(fill(entry.en, details), cause === undefined ? undefined : { cause });
    this.name = "Failure";
    this.code = code;
    this.details = details;
  }

  get entry(): ErrorEntry {
    return catalogue[this.code];
  }

  get status(): number {
    return this.entry.status;
  }

  /** What happened, for a person who reads `language`. */
  words(language: Language): string {
    return fill(language === "zh" ? this.entry.zh : this.entry.en, this.details);
  }

  /** What to do about it. */
  help(language: Language): string {
    return fill(language === "zh" ? this.entry.helpZh : this.entry.helpEn, this.details);
  }
}

/** Makes the error to throw: `throw failure("blob.unknown", { digest })`. */
export function failure(code: ErrorCode, details?: Details, cause?: unknown): Failure {
  return new Failure(code, details, cause);
}
