import type { Doer } from "../audit/entry.ts";
import type { Page, PageAsk } from "../identity/page.ts";

/** Which tags of a project can no longer be moved or removed once they are set. */
export interface ImmutabilityTerms {
  /** What people call it: once in a project. */
  readonly name: string;
  /** A glob over what follows `project/` in the repository's name. */
  readonly repositories: string;
  /** A glob over tags. */
  readonly tags: string;
  /** Globs over the tags that this rule leaves alone. */
  readonly exceptTags: readonly string[];
}

export interface ImmutabilityRule extends ImmutabilityTerms {
  readonly id: string;
  readonly projectId: string;
  readonly createdAt: number;
  /** Counts changes: the entity tag. */
  readonly version: number;
}

export interface NewImmutabilityRule extends Partial<ImmutabilityTerms> {
  readonly name: string;
}

/** What is left out stays. */
export type ImmutabilityChange = Partial<ImmutabilityTerms>;

/** The project that rules belong to, as it was loaded. */
export interface RuleProject {
  readonly id: string;
  readonly name: string;
}

/** A tag that rules make immutable. */
export interface ImmutableTag {
  /** The full name. */
  readonly repository: string;
  readonly tag: string;
}

export interface PreviewAsk {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

/** The rule that makes a tag immutable, by its name; undefined for a tag that can be moved. */
export type Judge = (repository: string, tag: string) => string | undefined;

/** Immutability rules of projects. Who may do what is decided by the caller; changes are recorded. */
export interface Immutability {
  /** Throws `immutability.field_invalid`, `immutability.name_taken`, `immutability.too_many`, `glob.invalid`. */
  create(by: Doer, project: RuleProject, input: NewImmutabilityRule): Promise<ImmutabilityRule>;
  /** With `version`: throws `rights.changed` when the rule is at another. */
  update(
    by: Doer,
    project: RuleProject,
    id: string,
    change: ImmutabilityChange,
    version?: number,
  ): Promise<ImmutabilityRule>;
  /** Throws `immutability.unknown`. */
  delete(by: Doer, project: RuleProject, id: string, version?: number): Promise<void>;
  get(project: RuleProject, id: string): Promise<ImmutabilityRule>;
  list(project: RuleProject, ask: PageAsk): Promise<Page<ImmutabilityRule>>;
  /**
   * The tags there are that a rule with these terms would make immutable. A page looks at a bounded
   * number of tags: it can be short, or empty, and yet have a next one.
   */
  preview(
    project: RuleProject,
    terms: Omit<ImmutabilityTerms, "name">,
    ask: PreviewAsk,
  ): Promise<{ readonly items: readonly ImmutableTag[]; readonly next: string | undefined }>;
  /** The rules of a project as they are now, ready to be asked of many tags. */
  judge(project: RuleProject): Promise<Judge>;
}
