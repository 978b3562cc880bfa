import type { BoundedCache } from "../../kernel/bounded-cache.ts";
import { type Clock, SECOND } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Actor } from "../identity/principal.ts";
import type { LimitSettings } from "./settings.ts";
import { addPulls, limitReads } from "./store.ts";
import { subjectOf } from "./subject.ts";
import { type Standing, type Taken, Tally } from "./tally.ts";

/** What is left to somebody. */
export interface Allowance {
  /** Pulls in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Length of the window, in seconds. */
  readonly window: number;
}

/** Nothing where there is no limit for them. */
type Answer = Allowance | undefined;

/** How many images somebody may pull. */
export interface PullLimits {
  /** What is left to them; costs nothing. */
  show(actor: Actor): Answer | Promise<Answer>;
  /** Counts a pull. Throws `limits.pulls` (429) when none is left. */
  take(actor: Actor): Answer | Promise<Answer>;
  /** Writes out what was counted, then stops. */
  close(): Promise<void>;
}

export interface LimitParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly settings: LimitSettings;
  /** Tells when groups may have changed. */
  readonly revision: Freshness;
  /** Told when counts could not be written; they are tried again. */
  readonly onFault: (error: unknown) => void;
}

interface Freshness {
  readonly isFresh: boolean;
  readonly number: number;
  cache<V>(most: number): BoundedCache<V>;
}

/** Counts are written behind within this time. */
const EVERY = SECOND;

const UNLIMITED: PullLimits = {
  show: () => undefined,
  take: () => undefined,
  close: async () => {},
};

/** Seconds as people say them: `6h`, `5h 59m`, `45s`; the same in every language. */
export function spellSpan(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return `${seconds}s`;
  if (minutes < 60) return `${minutes}m`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60}h` : `${Math.floor(minutes / 60)}h ${rest}m`;
}

/**
 * Limits of pulls as Docker Hub has them: so many in a window that begins with the first, counted
 * for each principal, and for each address of those who do not log in.
 */
export function openLimits({ db, clock, settings, revision, onFault }: LimitParts): PullLimits {
  const { perPrincipal, perAnonymous, exemptGroups, exemptRobots, window } = settings;
  if (perPrincipal === null && perAnonymous === null) return UNLIMITED;
  const reads = limitReads(db);
  const groups = revision.cache<ReadonlySet<string>>(1);
  const seconds = Math.ceil(window / SECOND);
  const ledger = {
    find: reads.count,
    add: (counts: AddedCounts, now: number) => db.write(addPulls, { counts, now }),
  };
  const tally = new Tally(ledger, clock, window);
  const timer = setInterval(() => void tally.flush().catch(onFault), EVERY);
  timer.unref();

  function limitOf({ principal }: Actor): number | null {
    if (principal.kind === "anonymous") return perAnonymous;
    return principal.kind === "robot" && exemptRobots ? null : perPrincipal;
  }

  function exemptIds(): ReadonlySet<string> | Promise<ReadonlySet<string>> {
    const known = revision.isFresh ? groups.get("") : undefined;
    if (known !== undefined) return known;
    const { number } = revision;
    return reads.groups(exemptGroups).then((found) => {
      if (revision.isFresh && revision.number === number) groups.set("", found, 1);
      return found;
    });
  }

  function isExempt(actor: Actor): boolean | Promise<boolean> {
    if (exemptGroups.length === 0 || actor.groups.length === 0) return false;
    const isIn = (ids: ReadonlySet<string>) => actor.groups.some((each) => ids.has(each));
    const ids = exemptIds();
    return ids instanceof Promise ? ids.then(isIn) : isIn(ids);
  }

  function allowance(limit: number, { used }: Standing): Allowance {
    return { limit, remaining: Math.max(0, limit - used), window: seconds };
  }

  function spent(limit: number, taken: Taken): Allowance {
    if (taken.taken) return allowance(limit, taken);
    const left = Math.max(1, Math.ceil((taken.end - clock.now()) / SECOND));
    throw failure("limits.pulls", {
      limit,
      window: spellSpan(seconds),
      seconds,
      wait: spellSpan(left),
      retry_after: left,
    });
  }

  /** Does `work` for those who have a limit, at once where nothing has to be read first. */
  function limited<T>(
    actor: Actor,
    work: (subject: string, limit: number) => T | Promise<T>,
  ): T | undefined | Promise<T | undefined> {
    const limit = limitOf(actor);
    if (limit === null) return undefined;
    const exempt = isExempt(actor);
    const go = (is: boolean) => (is ? undefined : work(subjectOf(actor), limit));
    return exempt instanceof Promise ? exempt.then(go) : go(exempt);
  }

  return {
    show: (actor) =>
      limited(actor, (subject, limit) => {
        const standing = tally.show(subject);
        if (standing instanceof Promise) return standing.then((is) => allowance(limit, is));
        return allowance(limit, standing);
      }),
    take: (actor) =>
      limited(actor, (subject, limit) => {
        const taken = tally.take(subject, limit);
        return taken instanceof Promise
          ? taken.then((is) => spent(limit, is))
          : spent(limit, taken);
      }),
    async close() {
      clearInterval(timer);
      await tally.flush().catch(onFault);
      // What was counted while the last writing ran.
      await tally.flush().catch(onFault);
    },
  };
}

type AddedCounts = Parameters<typeof addPulls.run>[1]["counts"];
