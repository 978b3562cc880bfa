import { SECOND } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { TokenKind } from "../../../platform/database/schema/identity.ts";
import type { IdentityMemory } from "../actors/memory.ts";
import { change, type IdentityContext } from "../context.ts";
import { doerOf } from "../doer.ts";
import type { SecretLogins } from "../login/secrets.ts";
import { pageAfter, pageOf, pageSize } from "../page.ts";
import type { Actor, Limit, Via } from "../principal.ts";
import { checkText } from "../texts.ts";
import { parseLimits, refuseWider } from "./limits.ts";
import { parseNetworks } from "./networks.ts";
import { newSecret, verifierOf } from "./secret-text.ts";
import { tokenReads } from "./store/read.ts";
import { issueToken, revokeToken, type TokenRow } from "./store/write.ts";
import type { IssuedToken, Token, Tokens } from "./token.ts";

const EVERY_KIND: readonly TokenKind[] = ["personal", "robot", "refresh", "login", "workload"];

/** With what a token of the kind can be made: what stands in for a login makes no lasting one. */
const MAKERS: Readonly<Record<"personal" | "login" | "refresh", ReadonlySet<Via>>> = {
  personal: new Set<Via>(["password", "session", "personal"]),
  login: new Set<Via>(["password", "session", "personal", "robot"]),
  refresh: new Set<Via>(["password", "personal", "robot", "login", "workload"]),
};

/** Live tokens of a principal by kind; of the short-lived ones the oldest make room. */
const MOST: Readonly<Record<TokenKind, number>> = {
  personal: 200,
  robot: 2,
  refresh: 500,
  login: 100,
  workload: 1_000,
};

const LONGEST_NAME = 128;
const LEAST_LIFETIME = 60 * SECOND;
const LONGEST_WORKLOAD_CLAIMS = 8_192;

/** The token as it may be shown at `now`. */
export function tokenView(row: TokenRow, now: number): Token {
  const isOver = row.expires_at !== null && row.expires_at <= now;
  return {
    id: row.id,
    kind: row.kind,
    principalId: row.principal_id,
    name: row.name,
    limits: row.limits === null ? null : JSON.parse(row.limits),
    addresses: row.addresses === null ? null : JSON.parse(row.addresses),
    claims: row.claims === null ? {} : JSON.parse(row.claims),
    parentId: row.parent_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    lastUsedAddress: row.last_used_address,
    revokedAt: row.revoked_at,
    state: row.revoked_at !== null ? "revoked" : isOver ? "expired" : "active",
  };
}

/** Checks a lifetime that was asked for. Throws `identity.lifetime_invalid`. */
export function checkLifetime(asked: number, most: number): number {
  if (Number.isSafeInteger(asked) && asked >= LEAST_LIFETIME && asked <= most) return asked;
  throw failure("identity.lifetime_invalid", {
    least: LEAST_LIFETIME / SECOND,
    most: Math.floor(most / SECOND),
  });
}

/** Null stays null, so that a column without a list is null. */
export function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

interface Wanted {
  readonly kind: TokenKind;
  readonly principalId: string;
  readonly name: string;
  readonly limits: readonly Limit[] | null;
  readonly addresses: readonly string[] | null;
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly parentId: string | null;
  readonly expiresAt: number;
}

/** Makes the service of tokens; see `Tokens`. */
export function openTokens(
  context: IdentityContext,
  memory: IdentityMemory,
  secrets: SecretLogins,
): Tokens {
  const { db, clock, audit, settings, knownActions } = context;
  const reads = tokenReads(db);

  async function add(by: Parameters<Tokens["issue"]>[0], wanted: Wanted): Promise<IssuedToken> {
    const { kind } = wanted;
    const secret = newSecret(kind);
    const { revision } = context;
    const row = await db.write(issueToken, {
      token: {
        ...wanted,
        verifier: verifierOf(secret),
        limits: json(wanted.limits),
        addresses: json(wanted.addresses),
        claims: json(wanted.claims),
        now: clock.now(),
      },
      most: MOST[kind],
      makeRoom: kind !== "personal",
      witness: audit.witness(by),
    });
    await revision.changed();
    return { token: tokenView(row, clock.now()), secret };
  }

  /** What a token inherits from the credential it is made with: it ends no later, and dies with it. */
  async function inherited(
    { principal, via, credentialId, claims }: Actor,
    kind: keyof typeof MAKERS,
    lifetime: number,
  ) {
    const isSomebody = principal.kind === "robot" || principal.kind === "user";
    const isPerson = principal.kind === "user";
    if (!MAKERS[kind].has(via) || !isSomebody || (kind === "personal" && !isPerson)) {
      throw failure("identity.maker_refused", { kind });
    }
    const isToken = credentialId !== null && via !== "session";
    const parent = isToken ? await memory.tokens.load(credentialId) : undefined;
    if (isToken && parent === undefined) throw failure("identity.maker_refused", { kind });
    const expiresAt = Math.min(clock.now() + lifetime, parent?.expiresAt ?? Number.MAX_VALUE);
    return {
      kind,
      principalId: principal.id,
      parentId: parent?.id ?? null,
      expiresAt,
      claims: Object.keys(claims).length === 0 ? null : claims,
    };
  }

  return {
    async createPersonal(maker, requestId, input) {
      const { lifetime: usual, longest } = settings.personalTokens;
      const lifetime = checkLifetime(input.lifetime ?? Math.min(usual, longest), longest);
      const name = checkText("name", input.name, LONGEST_NAME);
      if (name === null) {
        throw failure("identity.field_invalid", { field: "name", limit: LONGEST_NAME });
      }
      const limits = parseLimits(input.limits, knownActions);
      const addresses = parseNetworks(input.addresses);
      const base = await inherited(maker, "personal", lifetime);
      refuseWider(maker.limits, limits);
      return await add(doerOf(maker, requestId), { ...base, name, limits, addresses });
    },

    async createLogin(maker, requestId, input = {}) {
      const { lifetime: usual, longest } = settings.loginTokens;
      const lifetime = checkLifetime(input.lifetime ?? Math.min(usual, longest), longest);
      const base = await inherited(maker, "login", lifetime);
      const rest = { name: "login", limits: maker.limits, addresses: null };
      return await add(doerOf(maker, requestId), { ...base, ...rest });
    },

    async issue(by, input) {
      const { kind, principalId, name, limits, addresses = null, claims } = input;
      const lifetime = checkLifetime(input.lifetime, settings.loginTokens.longest);
      if (JSON.stringify(claims).length > LONGEST_WORKLOAD_CLAIMS) {
        throw failure("identity.field_invalid", {
          field: "claims",
          limit: LONGEST_WORKLOAD_CLAIMS,
        });
      }
      return await add(by, {
        kind,
        principalId,
        name: name.slice(0, LONGEST_NAME),
        limits,
        addresses: parseNetworks(addresses),
        claims,
        parentId: null,
        expiresAt: clock.now() + lifetime,
      });
    },

    async issueRefresh(actor, requestId, client) {
      const base = await inherited(actor, "refresh", settings.refreshTokens.lifetime);
      const printable = client.replace(/[^ -~]/g, "").slice(0, LONGEST_NAME);
      const name = printable === "" ? "client" : printable;
      const rest = { name, limits: actor.limits, addresses: null };
      return await add(doerOf(actor, requestId), { ...base, ...rest });
    },

    refresh: (secret, presence) => secrets.refresh(secret, presence),

    async get(id) {
      const row = await reads.find(id);
      if (row === undefined) throw failure("identity.unknown", { kind: "token", id });
      return tokenView(row, clock.now());
    },

    async list({ principalId, kinds = EVERY_KIND, ended = false, after, limit }) {
      const size = pageSize(limit);
      const now = clock.now();
      if (kinds.length === 0) return { items: [], next: null };
      const rows = await reads.list({
        principalId,
        kinds,
        liveAt: ended ? null : now,
        after: pageAfter(after),
        limit: size + 1,
      });
      const { items, next } = pageOf(rows, size);
      return { items: items.map((row) => tokenView(row, now)), next };
    },

    async revoke(by, id) {
      const row = await change(context, by, revokeToken, { id });
      return tokenView(row, clock.now());
    },
  };
}
