import { SeededBytes, type SeededNumbers } from "../../clients/random.ts";
import { type Answer, type Sent, sha256, type Wire } from "../../crash/wire.ts";
import { type Blob, Stock } from "./stock.ts";

/** What the registry keeps for how long; milliseconds. */
export interface Keeping {
  readonly grace: number;
  readonly untaggedAfter: number;
}

export const REPOSITORIES = ["soak/one", "soak/two", "soak/three", "soak/deep/er/four"] as const;

/** The registry did not answer: it was being killed, or is not up again. */
export class Lost extends Error {}

/** A refusal where none may be, or bytes that are not those that were pushed. */
export class Wrong extends Error {}

/** What all share: the registry, what must be in it, and what was found wrong. */
export class SoakWorld {
  readonly stock = new Stock();
  readonly keeping: Keeping;
  readonly complaints: string[] = [];
  readonly counts = new Map<string, number>();
  /** Layers that many images have. */
  readonly bases: Blob[];
  readonly #wire: Wire;
  readonly #seed: string;
  #made = 0;
  stopping = false;
  /** The process was killed and is not up again. */
  down = false;

  constructor(wire: Wire, keeping: Keeping, seed: string) {
    this.#wire = wire;
    this.keeping = keeping;
    this.#seed = seed;
    this.bases = Array.from({ length: 6 }, () => this.blob(150_000));
  }

  /** Never the same twice. */
  unique(): string {
    this.#made += 1;
    return `${this.#seed}-${this.#made}`;
  }

  /** New random bytes. */
  blob(size: number): Blob {
    const bytes = new SeededBytes(this.unique()).next(size);
    return { digest: sha256(bytes), bytes };
  }

  repository(numbers: SeededNumbers): string {
    return numbers.pick(REPOSITORIES) ?? REPOSITORIES[0];
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  complain(words: string): void {
    this.complaints.push(words);
  }

  /** Sends; throws `Lost` without an answer, `Wrong` for a fault while nothing was killed. */
  async send(method: string, target: string, sent: Sent = {}): Promise<Answer> {
    const wasDown = this.down;
    const answer = await this.#wire.send(method, target, sent);
    const isDown = wasDown || this.down;
    if (answer.status === 0) {
      if (!isDown) this.complain(`${method} ${target}: no answer`);
      throw new Lost();
    }
    if (answer.status >= 500) {
      if (isDown) throw new Lost();
      throw this.wrong(`${method} ${target}`, answer);
    }
    return answer;
  }

  wrong(what: string, { status, body }: Answer): Wrong {
    const words = new TextDecoder().decode(body).slice(0, 300);
    return new Wrong(`${what}: ${status} ${words}`);
  }

  /** Does one thing after another until the end; what was lost to a kill is no complaint. */
  async work(turn: () => Promise<void>): Promise<void> {
    while (!this.stopping) {
      try {
        await turn();
      } catch (error) {
        if (error instanceof Lost) await pause(100);
        else if (error instanceof Wrong) this.complain(error.message);
        else throw error;
      }
    }
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
