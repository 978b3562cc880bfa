import type { Glob } from "../../oci/glob.ts";
import type { BindingScope, BindingSubject } from "../../platform/database/schema/access.ts";
import type { Condition, ConditionFacts, ConditionResult } from "./conditions/condition.ts";
import type { Action } from "./permissions.ts";

/** What a role allows, as a binding gives it. */
export interface HeldRole {
  /** Name of a built-in role, or the id of a custom one. */
  readonly key: string;
  readonly name: string;
  readonly permissions: ReadonlySet<string>;
  /** Whether it counts only for those who have shown a second factor. */
  readonly secondFactor: boolean;
}

/** A binding made ready to be judged: patterns and condition are compiled. */
export interface HeldBinding {
  readonly id: string;
  readonly subject: { readonly kind: BindingSubject; readonly id: string };
  readonly role: HeldRole;
  readonly scope: BindingScope;
  readonly projectId: string | null;
  /** Over what follows `project/`; null for every repository. */
  readonly repository: Glob | null;
  readonly tag: Glob | null;
  readonly condition: Condition | null;
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAt: number | null;
}

/** The bindings of one subject, by where they count. */
export interface Holding {
  readonly system: readonly HeldBinding[];
  readonly byProject: ReadonlyMap<string, readonly HeldBinding[]>;
}

/** How far a binding came towards allowing what was asked; the order is that of the checks. */
export type BindingOutcome =
  /** Its role does not allow the action. */
  | "action"
  /** It is about other repositories. */
  | "repository"
  | "expired"
  /** It is about other tags. */
  | "tag"
  | "second_factor"
  | "condition"
  /** Its condition could not be evaluated, which counts as not met. */
  | "condition_error"
  | "met";

/** What a binding is asked. */
export interface Asked {
  readonly action: Action;
  /** Path of the repository inside its project; null when the action is not about one. */
  readonly path: string | null;
  /** The tag, where the action is about one. */
  readonly tag: string | null;
  readonly secondFactor: boolean;
  readonly now: number;
  /** What conditions see; called only when there is a condition to evaluate. */
  readonly facts: () => ConditionFacts;
}

/** What only a binding without tag pattern allows when no tag is named. */
const TAGS_DECIDE: ReadonlySet<Action> = new Set<Action>([
  "repository:delete",
  "repository:force-delete",
]);

/**
 * Whether a binding's tag pattern lets an action pass. It says which tags may be resolved, set and
 * removed. Content without a tag (a blob, an index's child, a pull by digest) follows the
 * repository: uploads come before the tag is known, and who knows a digest has resolved a tag. A
 * removal without a tag would take away tags of any name, so there the pattern refuses. Of a whole
 * project it gives the sight only.
 */
function tagPasses(pattern: Glob, { action, path, tag }: Asked): boolean {
  if (path === null) return action === "project:read";
  return tag === null ? !TAGS_DECIDE.has(action) : pattern.test(tag);
}

function scopePasses(binding: HeldBinding, { action, path }: Asked): boolean {
  if (binding.scope !== "repository") return true;
  // Who has a part of a project can find the project.
  if (path === null) return action === "project:read";
  return binding.repository === null || binding.repository.test(path);
}

/**
 * Judges one binding that is the caller's and of the right project or of the system; the dearest
 * check comes last.
 */
export function outcomeOf(binding: HeldBinding, asked: Asked): BindingOutcome {
  if (!binding.role.permissions.has(asked.action)) return "action";
  if (!scopePasses(binding, asked)) return "repository";
  if (binding.expiresAt !== null && binding.expiresAt <= asked.now) return "expired";
  if (binding.tag !== null && !tagPasses(binding.tag, asked)) return "tag";
  if (binding.role.secondFactor && !asked.secondFactor) return "second_factor";
  if (binding.condition === null) return "met";
  return ofCondition(binding.condition.test(asked.facts()));
}

function ofCondition({ met, error }: ConditionResult): BindingOutcome {
  if (met) return "met";
  return error === null ? "condition" : "condition_error";
}

const ORDER: readonly BindingOutcome[] = [
  "action",
  "repository",
  "expired",
  "tag",
  "second_factor",
  "condition",
  "condition_error",
  "met",
];

/** Whether `one` came nearer to allowing than `other`. */
export function isNearer(one: BindingOutcome, other: BindingOutcome): boolean {
  return ORDER.indexOf(one) > ORDER.indexOf(other);
}
