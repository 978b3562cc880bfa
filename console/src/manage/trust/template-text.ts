import type { TrustTemplate } from "../../api/manage-types.ts";

/** What a trust rule says, as typed. */
export interface RuleFields {
  readonly name: string;
  readonly robotId: string;
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly audience: string;
  readonly subject: string;
  readonly condition: string;
}

export type Blanks = Readonly<Record<string, string>>;

/** Puts what was typed into a template's blanks; those without anything stay as they are. */
export function filled(text: string, blanks: Blanks): string {
  return text.replace(/\{(\w+)\}/g, (blank, name: string) => blanks[name] || blank);
}

export function filledRule(template: TrustTemplate, blanks: Blanks) {
  const put = (text: string | null) => filled(text ?? "", blanks);
  return {
    issuer: put(template.issuer),
    jwksUrl: put(template.jwksUrl),
    audience: put(template.audience),
    subject: put(template.subject),
    condition: put(template.condition),
  };
}
