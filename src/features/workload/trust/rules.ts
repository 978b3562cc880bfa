import { failure } from "../../../kernel/errors/catalogue.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import { parseGlob } from "../../../oci/glob.ts";
import type { TrustTerms } from "./rule.ts";

/** The terms of a rule, checked and with nothing left out. */
export type CheckedTerms = {
  readonly [K in keyof TrustTerms]-?: Exclude<TrustTerms[K], undefined>;
};

const LONGEST_NAME = 100;
const LONGEST_URL = 1_024;
const LONGEST_AUDIENCE = 255;
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
/** SPIFFE-ID, section 2.1: lower case letters, digits, dots, dashes and underscores. */
const TRUST_DOMAIN = /^spiffe:\/\/[a-z0-9._-]{1,255}$/;
const ISSUER = /^https?:\/\/[^\s?#@\\]+$/i;

/**
 * Issuers that give tokens to everybody, and how a subject begins that only its owner can have. A
 * pattern must spell that beginning out up to the sign that ends the owner's name; other beginnings
 * a stranger could have customised into their own tokens.
 */
const OPEN_ISSUERS: Readonly<Record<string, { begins: RegExp; examples: readonly string[] }>> = {
  "https://token.actions.githubusercontent.com": {
    begins:
      /^(?:repo:[^/:]+\/|repository:[^/:]+\/|job_workflow_ref:[^/:]+\/|repository_owner:[^:]+(?::|$)|repository_owner_id:\d+(?::|$)|repository_id:\d+(?::|$))/,
    examples: ["repo:your-organisation/your-repository:ref:refs/heads/main"],
  },
  "https://gitlab.com": {
    begins: /^(?:project_path:[^/:]+\/|project_id:\d+(?::|$))/,
    examples: ["project_path:your-group/your-project:ref_type:branch:ref:main"],
  },
};

/**
 * Checks all of a rule but its condition and whether its URLs may be called. Throws
 * `trust.field_invalid`, `trust.issuer_invalid`, `trust.subject_open`, `glob.invalid`.
 */
export function checkTerms(terms: TrustTerms): CheckedTerms {
  const { jwksUrl = null, condition = null } = terms;
  checkText("name", terms.name, LONGEST_NAME);
  checkText("audience", terms.audience, LONGEST_AUDIENCE);
  checkText("subject", terms.subject, LONGEST_URL);
  if (jwksUrl !== null) checkText("jwks_url", jwksUrl, LONGEST_URL);
  if (!isIssuer(terms.issuer, jwksUrl)) {
    throw failure("trust.issuer_invalid", { issuer: excerpt(String(terms.issuer)) });
  }
  parseGlob(terms.subject);
  refuseOpen(terms.issuer, terms.subject);
  const { name, issuer, audience, subject } = terms;
  return { name, issuer, jwksUrl, audience, subject, condition };
}

function checkText(field: string, value: unknown, limit: number): void {
  const isGood =
    typeof value === "string" &&
    value.trim() !== "" &&
    value.length <= limit &&
    !UNPRINTABLE.test(value);
  if (!isGood) throw failure("trust.field_invalid", { field, limit });
}

function isIssuer(issuer: unknown, jwksUrl: string | null): boolean {
  if (typeof issuer !== "string" || issuer.length > LONGEST_URL) return false;
  // A trust domain is no place: nobody could ask it for its keys.
  if (TRUST_DOMAIN.test(issuer)) return jwksUrl !== null;
  return ISSUER.test(issuer) && !UNPRINTABLE.test(issuer);
}

/** The pattern up to its first wildcard. */
function fixedPart(pattern: string): string {
  return pattern.replace(/[*?].*$/s, "");
}

function refuseOpen(issuer: string, subject: string): void {
  const fixed = fixedPart(subject);
  const open = OPEN_ISSUERS[issuer.replace(/\/+$/, "").toLowerCase()];
  const isClosed = open === undefined ? fixed !== "" : isBegun(open.begins, fixed, subject);
  if (isClosed) return;
  const examples = open?.examples ?? ["system:serviceaccount:ci:builder"];
  throw failure("trust.subject_open", {
    subject: excerpt(subject),
    issuer: excerpt(issuer),
    examples,
  });
}

/** An owner's name that ends with the fixed part may go on behind the wildcard. */
function isBegun(begins: RegExp, fixed: string, subject: string): boolean {
  const match = begins.exec(fixed);
  if (match === null) return false;
  const isCut = fixed !== subject && match[0] === fixed && !/[/:]$/.test(fixed);
  return !isCut;
}

/** The trust domain of a SPIFFE id, as an issuer; undefined when it is none. */
export function trustDomainOf(subject: string): string | undefined {
  const domain = /^spiffe:\/\/[^/]+(?=\/|$)/.exec(subject)?.[0];
  return domain !== undefined && TRUST_DOMAIN.test(domain) ? domain : undefined;
}

export function isTrustDomain(issuer: string): boolean {
  return issuer.startsWith("spiffe://");
}
