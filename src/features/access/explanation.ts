import type { Language } from "../../kernel/errors/catalogue.ts";
import type { Decision } from "./rules.ts";
import type { BindingOutcome } from "./rules-binding.ts";

export type Words = Readonly<Record<Language, string>>;

/** One thing that was looked at on the way to a decision. */
export interface ExplainedStep {
  readonly step:
    | "limits"
    | "administrator"
    | "login"
    | "project"
    | "public"
    | "bindings"
    | "network";
  /** `allows` and `refuses` end it; `passes` goes on. */
  readonly outcome: "allows" | "refuses" | "passes";
  readonly words: Words;
}

/** A binding of whoever is asked about, and what came of it. */
export interface ExplainedBinding {
  readonly id: string;
  readonly role: string;
  readonly subject: string;
  readonly scope: string;
  readonly outcome: BindingOutcome;
  readonly words: Words;
}

/** Why something is allowed or refused: plain JSON, the same for the same facts. */
export interface Explanation {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  readonly words: Words;
  readonly steps: readonly ExplainedStep[];
  readonly bindings: readonly ExplainedBinding[];
}
