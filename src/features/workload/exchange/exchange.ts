import { type Clock, MINUTE } from "../../../kernel/clock.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import type { Database } from "../../../platform/database/port.ts";
import { type AuditEntry, type Doer, done } from "../../audit/entry.ts";
import type { AuditPort } from "../../identity/audit-port.ts";
import { doerOf } from "../../identity/doer.ts";
import type { Presence } from "../../identity/presence.ts";
import { type Actor, anonymousAt } from "../../identity/principal.ts";
import type { Identity } from "../../identity/service.ts";
import { parseLimits, refuseWider } from "../../identity/tokens/limits.ts";
import type { IssuerKeys } from "../keys/issuer-keys.ts";
import type { TrustRule } from "../trust/rule.ts";
import { isTrustDomain } from "../trust/rules.ts";
import { noteExchange } from "../trust/store.ts";
import { type Candidate, type Candidates, misfit, type Wish } from "./candidates.ts";
import { keptClaims } from "./claims.ts";
import {
  audiencesOf,
  type Claims,
  readUnverified,
  type Unverified,
  verify,
} from "./outside-token.ts";
import { isNearer, type Refusal } from "./refusal.ts";
import { robotLimits } from "./robot-limits.ts";
import type { ExchangeThrottle } from "./throttle.ts";

export interface ExchangeAsk extends Wish {
  /** What the token is to be limited to, within what the robot's own secrets may. */
  readonly limits?: unknown;
  /** Milliseconds; more than an hour becomes an hour. */
  readonly lifetime?: number;
}

export interface Exchanged {
  /** The name that belongs to the secret: the robot's. */
  readonly name: string;
  /** Works as the robot's password until it expires. */
  readonly secret: string;
  readonly expiresAt: number;
  readonly rule: { readonly id: string; readonly name: string };
  /** Whoever shows the secret, for a registry token right away. */
  readonly actor: Actor;
}

export interface ExchangeParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly audit: AuditPort;
  readonly identity: Pick<Identity, "actor" | "standing"> & {
    readonly tokens: Pick<Identity["tokens"], "issue" | "list">;
  };
  readonly candidates: Candidates;
  readonly keys: IssuerKeys;
  readonly throttle: ExchangeThrottle;
  readonly knownActions: ReadonlySet<string>;
}

/** Longer than the outside token itself, which often lives for minutes: a push must have time. */
const LIFETIME = 15 * MINUTE;
const MOST_LIFETIME = 60 * MINUTE;
const LEAST_LIFETIME = MINUTE;
/** Places whose keys are asked for one token: rules of one issuer may name different ones. */
const MOST_SOURCES = 4;

interface Refused {
  readonly refusal: Refusal;
  /** Whether signature and times were good. */
  readonly verified: boolean;
  /** The rules that it was judged by. */
  readonly judged: readonly Candidate[];
}

interface Accepted {
  readonly rule: TrustRule;
  readonly claims: Claims;
}

/**
 * Gives a robot's short token for a token of an outside issuer, by a trust rule: a pipeline pushes
 * with no stored secret. Every refusal is `workload.refused`, whatever the reason, which stands in
 * the audit log; a source that is refused often is `access.throttled`.
 */
export function exchanger(parts: ExchangeParts) {
  const { db, clock, audit, identity, candidates, keys, throttle, knownActions } = parts;

  async function judge(token: Unverified, wish: Wish): Promise<Accepted | Refused> {
    const { fitting, refusal, wished } = await candidates.find(token, wish);
    if (fitting.length === 0) return { refusal, verified: false, judged: wished };
    let nearest: Refused = { refusal: "no_rule", verified: false, judged: fitting };
    const accepted: Accepted[] = [];
    for (const group of bySource(fitting).slice(0, MOST_SOURCES)) {
      const claims = await believe(token, group[0].rule);
      const verified = typeof claims !== "string";
      for (const candidate of group) {
        const why = verified ? objection(candidate, claims) : claims;
        if (verified && why === undefined) accepted.push({ rule: candidate.rule, claims });
        else if (why !== undefined && isNearer(why, nearest.refusal)) {
          nearest = { refusal: why, verified, judged: [candidate] };
        }
      }
    }
    const [first] = accepted;
    if (first === undefined) return nearest;
    if (new Set(accepted.map(({ rule }) => rule.robot.id)).size === 1) return first;
    // Somebody else's rule must not decide as whom a pipeline works: it says so itself.
    return { refusal: "ambiguous", verified: true, judged: fitting };
  }

  async function believe(token: Unverified, rule: TrustRule): Promise<Claims | Refusal> {
    const { issuer, jwksUrl, projectId } = rule;
    const found = await keys.find({ issuer, jwksUrl }, projectId ?? "system", token);
    if (found === "unknown") return "key_unknown";
    if (found === "unavailable") return "keys_unavailable";
    return verify(token, found, clock.now(), isTrustDomain(issuer));
  }

  async function refuse(presence: Presence, refused: Refused, token?: Unverified): Promise<never> {
    throttle.refused(presence.address);
    const { id, kind, name } = anonymousAt(null).principal;
    const { address, requestId } = presence;
    const by: Doer = { id, kind, name, via: "workload", credentialId: null, address, requestId };
    await audit.append(by, [refusalEntry(refused, token)]);
    throw failure("workload.refused");
  }

  return async (jwt: string, presence: Presence, ask: ExchangeAsk = {}): Promise<Exchanged> => {
    throttle.check(presence.address);
    const token = readUnverified(jwt);
    if (typeof token === "string") {
      return refuse(presence, { refusal: token, verified: false, judged: [] });
    }
    const judged = await judge(token, ask);
    if ("refusal" in judged) return refuse(presence, judged, token);
    const { rule, claims } = judged;
    const gone = (): Promise<never> => {
      const candidate = { rule, fitsSubject: () => true, condition: undefined };
      return refuse(presence, { refusal: "robot", verified: true, judged: [candidate] }, token);
    };
    const standing = await identity.standing(rule.robot.id);
    if (standing === undefined) return gone();

    const own = await robotLimits(identity.tokens, rule.robot.id);
    const wanted = parseLimits(ask.limits, knownActions);
    if (wanted !== null) refuseWider(own, wanted);
    const issued = await issue(rule, claims, {
      limits: wanted ?? own,
      lifetime: lifetimeOf(ask.lifetime),
      presence,
    });
    if (issued === undefined) return gone();
    const { id: credentialId, expiresAt, secret } = issued;
    const actor = await identity.actor({
      principalId: rule.robot.id,
      via: "workload",
      credentialId,
      generation: standing.generation,
      address: presence.address,
    });
    if (actor === undefined) return gone();

    const details = {
      rule: rule.name,
      issuer: rule.issuer,
      subject: token.subject,
      token: credentialId,
      expires_at: expiresAt,
    };
    const object = { kind: "trust-rule", id: rule.id, name: rule.name };
    await db.write(noteExchange, {
      witness: audit.witness(doerOf(actor, presence.requestId ?? "")),
      ruleId: rule.id,
      entry: done("workload.exchange", object, { project: rule.projectId, details }),
    });
    const { id, name } = rule;
    return { name: actor.principal.name, secret, expiresAt, rule: { id, name }, actor };
  };

  async function issue(
    { robot, name }: TrustRule,
    claims: Claims,
    {
      limits,
      lifetime,
      presence,
    }: {
      readonly limits: Actor["limits"];
      readonly lifetime: number;
      readonly presence: Presence;
    },
  ) {
    const by: Doer = {
      id: robot.id,
      kind: "robot",
      name: robot.name,
      via: "workload",
      credentialId: null,
      address: presence.address,
      requestId: presence.requestId,
    };
    try {
      const { token, secret } = await identity.tokens.issue(by, {
        kind: "workload",
        principalId: robot.id,
        name,
        lifetime,
        limits,
        claims: keptClaims(claims),
      });
      return { id: token.id, secret, expiresAt: token.expiresAt ?? clock.now() + lifetime };
    } catch (error) {
      // It went between the look and the write.
      if (error instanceof Failure && error.code === "identity.unknown") return undefined;
      throw error;
    }
  }
}

/** Why a rule does not take claims that were verified; undefined when it does. */
function objection(candidate: Candidate, claims: Claims): Refusal | undefined {
  const { rule, condition } = candidate;
  const audiences = audiencesOf(claims.aud) ?? [];
  const subject = typeof claims.sub === "string" ? claims.sub : "";
  // Once more, now on what was signed. In a JWT-SVID `iss` means nothing.
  if (!isTrustDomain(rule.issuer) && claims.iss !== rule.issuer) return "no_rule";
  const why = misfit(candidate, subject, audiences);
  if (why !== undefined || condition === undefined) return why;
  return condition?.test(claims).met === true ? undefined : "condition";
}

type Group = readonly [Candidate, ...Candidate[]];

/** Rules whose keys come from one place are judged together. */
function bySource(candidates: readonly Candidate[]): Group[] {
  const groups = new Map<string, [Candidate, ...Candidate[]]>();
  for (const candidate of candidates) {
    const { issuer, jwksUrl } = candidate.rule;
    const source = JSON.stringify([issuer, jwksUrl]);
    const group = groups.get(source);
    if (group === undefined) groups.set(source, [candidate]);
    else group.push(candidate);
  }
  return [...groups.values()];
}

function lifetimeOf(asked: number | undefined): number {
  if (asked === undefined || !Number.isSafeInteger(asked)) return LIFETIME;
  return Math.min(MOST_LIFETIME, Math.max(LEAST_LIFETIME, asked));
}

/** What the log says of a refusal; whatever was not verified is marked as the stranger's own words. */
function refusalEntry(
  { refusal, verified, judged }: Refused,
  token: Unverified | undefined,
): AuditEntry {
  const rules = judged.map(({ rule }) => rule);
  const [only] = rules.length === 1 ? rules : [];
  const projects = new Set(rules.map(({ projectId }) => projectId));
  const [project = null] = projects.size === 1 ? projects : [];
  const details =
    token === undefined
      ? { verified }
      : {
          verified,
          issuer: token.issuer === undefined ? null : excerpt(token.issuer),
          subject: excerpt(token.subject),
          audience: token.audiences.slice(0, 5).map(excerpt),
          ...(only === undefined ? {} : { rule: only.name, robot: only.robot.name }),
        };
  const object = { kind: "trust-rule", id: only?.id ?? null, name: only?.name ?? null };
  return {
    action: "workload.exchange",
    object,
    project,
    result: "denied",
    reason: refusal,
    details,
  };
}
