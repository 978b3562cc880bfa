import { ConfigError } from "../config/problems.ts";
import { Failure } from "../kernel/errors/catalogue.ts";

/** Why a command could not do its work, for a person. */
export function whyNot(error: unknown, language: "en" | "zh"): string {
  if (error instanceof ConfigError) return error.words(language);
  if (error instanceof Failure) return `${error.words(language)}\n${error.help(language)}`;
  return error instanceof Error ? error.message : String(error);
}
