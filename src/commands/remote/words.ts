/** A text for people, in both languages. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** Fills `{name}` in both languages. */
export function fillWords(words: Words, values: Readonly<Record<string, string | number>>): Words {
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return { en: fill(words.en), zh: fill(words.zh) };
}
