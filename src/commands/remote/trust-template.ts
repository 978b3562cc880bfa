import { z } from "zod";
import type { RestClient } from "../../client/rest.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
import { printable } from "./printable.ts";
import { read } from "./remote.ts";

const words = z.object({ en: z.string(), zh: z.string() });

export const templateShape = z.object({
  id: z.string(),
  title: words,
  issuer: z.string(),
  jwksUrl: z.string().nullable(),
  audience: z.string(),
  subject: z.string(),
  condition: z.string().nullable(),
  blanks: z.array(z.object({ name: z.string(), example: z.string() })),
});

type Template = z.output<typeof templateShape>;

/** What a trust rule demands of a token. */
export interface Terms {
  readonly issuer?: string;
  readonly audience?: string;
  readonly subject?: string;
  readonly condition?: string;
  readonly jwksUrl?: string;
}

/** Reads `name=text`, each blank once. Throws `Complaint`. */
function valuesOf(set: readonly string[], { blanks }: Template): Map<string, string> {
  const values = new Map<string, string>();
  const known = blanks.map(({ name }) => name);
  for (const text of set) {
    const [, name = "", value = ""] = /^([a-z_]+)=(.+)$/s.exec(text) ?? [];
    // Blanks stand inside texts of a condition too: what ends such a text would change its meaning.
    if (!known.includes(name) || /["'\\\p{Cc}]/u.test(value)) {
      const list = known.join(", ");
      throw misuse(
        `cannot use --set ${printable(text)}: write name=text for ${list}, without quotes in it`,
        `无法使用 --set ${printable(text)}：请以 名称=文本 填写 ${list}，且不含引号`,
      );
    }
    values.set(name, value);
  }
  const missing = known.filter((name) => !values.has(name));
  if (missing.length > 0) {
    const list = missing.join(", ");
    throw misuse(`fill by --set: ${list}`, `请用 --set 填写：${list}`);
  }
  return values;
}

/** The terms of a template with its blanks filled in. */
export function fillTemplate(template: Template, set: readonly string[]): Terms {
  const values = valuesOf(set, template);
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole);
  const { issuer, audience, subject, condition, jwksUrl } = template;
  return {
    issuer: fill(issuer),
    audience: fill(audience),
    subject: fill(subject),
    ...(condition === null ? {} : { condition: fill(condition) }),
    ...(jwksUrl === null ? {} : { jwksUrl: fill(jwksUrl) }),
  };
}

/** The same for a template of the server's, by its id. */
export async function termsFrom(
  rest: RestClient,
  id: string,
  set: readonly string[],
): Promise<Terms> {
  for await (const item of rest.list("/trust-rule-templates", { limit: undefined })) {
    const template = read(templateShape, item);
    if (template.id === id) return fillTemplate(template, set);
  }
  throw new Complaint(EXIT.unknown, {
    en: `there is no template ${printable(id)}; see \`trust templates\``,
    zh: `不存在模板 ${printable(id)}；请查看 \`trust templates\``,
  });
}
