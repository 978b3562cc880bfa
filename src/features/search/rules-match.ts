import type { Leg } from "./plan.ts";
import { type FieldText, termsOfField } from "./rules-texts.ts";
import { rangeOf, termsOf } from "./rules-words.ts";

/** What a candidate is known by. */
export interface Known {
  /** The full name of its repository. */
  readonly name: string;
  /** Its own texts: the tag, or everything that the artifact is found by. */
  readonly texts: readonly FieldText[];
}

/** The terms of a candidate, taken apart once. */
export class Matcher {
  readonly #name: readonly string[];
  readonly #own: readonly string[];

  constructor({ name, texts }: Known) {
    this.#name = termsOf(name);
    this.#own = texts.flatMap(termsOfField);
  }

  inName(word: string): boolean {
    return begins(this.#name, word);
  }

  inOwn(word: string): boolean {
    return begins(this.#own, word);
  }

  hasAll(words: readonly string[]): boolean {
    return words.every((word) => this.inOwn(word) || this.inName(word));
  }

  /** Whether a walk comes upon it. */
  isOn({ driver, repositoryWord }: Leg): boolean {
    return this.inOwn(driver) && (repositoryWord === undefined || this.inName(repositoryWord));
  }
}

function begins(terms: readonly string[], word: string): boolean {
  const { start } = rangeOf(word);
  return terms.some((term) => term.startsWith(start));
}
