import { type Trouble, troubles } from "./analyst/trouble.ts";

/** What was analysed by this process: for metrics. */
export class Tally {
  #artifacts = 0;
  #layers = 0;
  readonly #failures = new Map<Trouble, number>(troubles.map((each) => [each, 0]));

  artifact(failure: Trouble | null): void {
    this.#artifacts += 1;
    if (failure !== null) this.#failed(failure);
  }

  layer(failure: Trouble | null): void {
    this.#layers += 1;
    if (failure !== null) this.#failed(failure);
  }

  #failed(failure: Trouble): void {
    this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1);
  }

  get analysed(): Readonly<Record<string, number>> {
    return { artifact: this.#artifacts, layer: this.#layers };
  }

  get failures(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#failures);
  }
}
