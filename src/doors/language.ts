import type { Language } from "../kernel/errors/catalogue.ts";

/** The language a person's client asks for; tools that ask for none get English. */
export function languageOf(header: string | null): Language {
  return header !== null && /^\s*zh\b/i.test(header) ? "zh" : "en";
}
