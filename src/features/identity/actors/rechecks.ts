import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { type Clock, MINUTE, SECOND } from "../../../kernel/clock.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import type { PasswordProvider } from "../providers-port.ts";

/** How long a provider's word on somebody counts. */
const EVERY = 10 * SECOND;
/** How long a good word still counts when the provider cannot be asked again. */
const GRACE = 10 * MINUTE;
const MOST = 20_000;

interface Word {
  readonly good: boolean;
  readonly at: number;
}

/**
 * Asks login providers whether their accounts are still there, before what was given to them is
 * honoured (A39): at most once in ten seconds for each. A provider that is away is not taken for a "no":
 * its last good word counts for minutes, and then the request fails as a fault.
 */
export class Rechecks {
  readonly #providers: ReadonlyMap<string, PasswordProvider>;
  readonly #clock: Clock;
  readonly #words = new BoundedCache<Word>(MOST);
  readonly #underway = new Map<string, Promise<boolean>>();

  constructor(providers: readonly PasswordProvider[], clock: Clock) {
    this.#providers = new Map(providers.map((each) => [each.name, each]));
    this.#clock = clock;
  }

  /** What is known without asking; undefined when the provider must be asked. */
  remembered(principalId: string, origin: string): boolean | undefined {
    if (this.#providers.get(origin)?.recheck === undefined) return true;
    const word = this.#words.get(principalId);
    if (word === undefined || this.#clock.now() - word.at >= EVERY) return undefined;
    return word.good;
  }

  /** The provider has just vouched for them. */
  vouched(principalId: string): void {
    this.#words.set(principalId, { good: true, at: this.#clock.now() }, 1);
  }

  /** Asks now. Throws `identity.provider_unavailable`, or the provider's own failure. */
  ask(principalId: string, origin: string): Promise<boolean> {
    const asked = this.#underway.get(principalId);
    if (asked !== undefined) return asked;
    const answer = this.#ask(principalId, origin).finally(() => {
      this.#underway.delete(principalId);
    });
    this.#underway.set(principalId, answer);
    return answer;
  }

  async #ask(principalId: string, origin: string): Promise<boolean> {
    const provider = this.#providers.get(origin);
    if (provider?.recheck === undefined) return true;
    const at = this.#clock.now();
    try {
      const good = await provider.recheck(principalId);
      this.#words.set(principalId, { good, at }, 1);
      return good;
    } catch (error) {
      const last = this.#words.get(principalId);
      if (last?.good === true && at - last.at < GRACE) return true;
      if (error instanceof Failure) throw error;
      throw failure("identity.provider_unavailable", { provider: origin }, error);
    }
  }
}
