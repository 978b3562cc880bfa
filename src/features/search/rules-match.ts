import type { Leg } from "./plan.ts";
import { type FieldText, termsOfField } from "./rules-texts.ts";
import { fold, rangeOf, termsOf } from "./rules-words.ts";

/** What a candidate is known by. */
export interface Known {
  /** The full name of its repository. */
  readonly name: string;
  /** Its own texts: the tag, or everything that the artifact is found by. */
  readonly texts: readonly FieldText[];
}

/** What a candidate has of the words of a query. */
export class Matcher {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  inName(word: string): boolean {
    const { name } = this.#known;
    return begins(name, () => termsOf(name), word);
  }

  inOwn(word: string): boolean {
    return this.#known.texts.some((each) => begins(each.text, () => termsOfField(each), word));
  }

  hasAll(words: readonly string[]): boolean {
    return words.every((word) => this.inOwn(word) || this.inName(word));
  }

  /** Whether a walk comes upon it. */
  isOn({ driver, inName }: Leg): boolean {
    return this.inOwn(driver) && (inName === undefined || this.inName(inName));
  }
}

function begins(text: string, terms: () => readonly string[], word: string): boolean {
  const { start } = rangeOf(word);
  // Taking a text apart is dear, and most have nothing of the word.
  return fold(text).includes(start) && terms().some((term) => term.startsWith(start));
}
