import { failure } from "../../kernel/errors/catalogue.ts";
import { compileGlob, parseGlob } from "../../oci/glob.ts";
import type { ImmutabilityTerms, Judge } from "./rule.ts";

const LONGEST_NAME = 64;
const MOST_EXCEPTIONS = 20;
/** What would upset a line of a terminal or the order of the letters in it. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Checks what a person wrote. Throws `immutability.field_invalid` and `glob.invalid`. */
export function checkTerms(terms: ImmutabilityTerms): ImmutabilityTerms {
  const name = terms.name.trim();
  if (name === "" || name.length > LONGEST_NAME || UNPRINTABLE.test(name)) {
    throw failure("immutability.field_invalid", { field: "name", limit: LONGEST_NAME });
  }
  if (terms.exceptTags.length > MOST_EXCEPTIONS) {
    throw failure("immutability.field_invalid", { field: "exceptTags", limit: MOST_EXCEPTIONS });
  }
  parseGlob(terms.repositories);
  parseGlob(terms.tags);
  for (const pattern of terms.exceptTags) parseGlob(pattern);
  const exceptTags = [...new Set(terms.exceptTags)];
  return { name, repositories: terms.repositories, tags: terms.tags, exceptTags };
}

type Patterns = Omit<ImmutabilityTerms, "name">;

/** Whether a rule is about any tag of a repository, by its path inside the project. */
export function coversRepository({ repositories }: Patterns, path: string): boolean {
  return compileGlob(repositories).test(path);
}

/** Whether a rule is about a tag of a repository that it covers. */
export function coversTag({ tags, exceptTags }: Patterns, tag: string): boolean {
  return compileGlob(tags).test(tag) && !exceptTags.some((each) => compileGlob(each).test(tag));
}

/** The path of a repository inside its project, from its full name. */
export function pathIn(repository: string): string {
  return repository.slice(repository.indexOf("/") + 1);
}

/**
 * Makes rules ready for many tags. A tag is immutable as soon as one rule says so: the exceptions
 * of a rule take away from that rule alone.
 */
export function judgeOf(rules: readonly ImmutabilityTerms[]): Judge {
  return (repository, tag) => {
    const path = pathIn(repository);
    const rule = rules.find((each) => coversRepository(each, path) && coversTag(each, tag));
    return rule?.name;
  };
}
