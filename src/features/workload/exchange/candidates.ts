import type { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { compileGlob } from "../../../oci/glob.ts";
import { type ClaimsCondition, compileClaimsCondition } from "../../access/conditions/compile.ts";
import type { Revision } from "../../identity/revision/revision.ts";
import type { TrustRule } from "../trust/rule.ts";
import { trustDomainOf } from "../trust/rules.ts";
import type { RuleReads } from "../trust/store.ts";
import type { Unverified } from "./outside-token.ts";
import { isNearer, type Refusal } from "./refusal.ts";

/** A rule that was made ready for many tokens. */
export interface Candidate {
  readonly rule: TrustRule;
  readonly fitsSubject: (subject: string) => boolean;
  /** Undefined for none; null where it can be compiled no more, and so is never met. */
  readonly condition: ClaimsCondition | null | undefined;
}

/** Which rules the bearer wants to be judged by. */
export interface Wish {
  /** Id of a rule. */
  readonly rule?: string | undefined;
  /** Name or id of a robot. */
  readonly robot?: string | undefined;
}

/** Of one issuer: a popular one has rules of many projects. */
const MOST_OF_ISSUER = 20_000;
const MOST_REMEMBERED = 50_000;

function prepare(rule: TrustRule): Candidate {
  const glob = compileGlob(rule.subject);
  return {
    rule,
    fitsSubject: (subject) => glob.test(subject),
    condition: rule.condition === null ? undefined : compiled(rule.condition),
  };
}

function compiled(text: string): ClaimsCondition | null {
  try {
    return compileClaimsCondition(text);
  } catch {
    // It was checked when it was saved; a later version that reads less must not trust more.
    return null;
  }
}

/** Finds the rules that a token may be judged by, mostly from memory. */
export class Candidates {
  readonly #reads: RuleReads;
  readonly #revision: Revision;
  readonly #known: BoundedCache<readonly Candidate[]>;

  constructor(reads: RuleReads, revision: Revision) {
    this.#reads = reads;
    this.#revision = revision;
    this.#known = revision.cache(MOST_REMEMBERED);
  }

  async #ofIssuer(issuer: string): Promise<readonly Candidate[]> {
    const known = this.#revision.isFresh ? this.#known.get(issuer) : undefined;
    if (known !== undefined) return known;
    const { number } = this.#revision;
    const found = (await this.#reads.live(issuer, MOST_OF_ISSUER)).map(prepare);
    // Where something changed during the read, it may have seen the state before.
    if (this.#revision.isFresh && this.#revision.number === number) {
      this.#known.set(issuer, found, found.length + 1);
    }
    return found;
  }

  /**
   * The rules whose issuer, audience and subject are those of the token, by its own words. A
   * JWT-SVID is also judged by the rules of its trust domain, for `iss` means nothing in it.
   */
  async find(
    token: Pick<Unverified, "issuer" | "subject" | "audiences">,
    wish: Wish,
  ): Promise<{
    readonly fitting: readonly Candidate[];
    readonly refusal: Refusal;
    readonly wished: readonly Candidate[];
  }> {
    const issuers = new Set([token.issuer, trustDomainOf(token.subject)]);
    const lists = await Promise.all(
      [...issuers].filter((issuer) => issuer !== undefined).map((issuer) => this.#ofIssuer(issuer)),
    );
    const wished = lists.flat().filter(({ rule }) => isWished(rule, wish));
    let refusal: Refusal = "no_rule";
    const fitting = wished.filter((candidate) => {
      const why = misfit(candidate, token.subject, token.audiences);
      if (why !== undefined && isNearer(why, refusal)) refusal = why;
      return why === undefined;
    });
    return { fitting, refusal, wished };
  }
}

function isWished({ id, robot }: TrustRule, wish: Wish): boolean {
  if (wish.rule !== undefined && wish.rule !== id) return false;
  return wish.robot === undefined || wish.robot === robot.name || wish.robot === robot.id;
}

/** Why a token is not for a rule, by audience and subject; undefined when it is. */
export function misfit(
  { rule, fitsSubject }: Candidate,
  subject: string,
  audiences: readonly string[],
): Refusal | undefined {
  if (!audiences.includes(rule.audience)) return "audience";
  return fitsSubject(subject) ? undefined : "subject";
}
