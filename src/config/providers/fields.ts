import { z } from "zod";
import { choice, type Kind, listOf, path, secret, text, type Words } from "../kinds.ts";
import { isLoopbackHost } from "./hosts.ts";

/** The words of a problem travel with it: the schema itself knows no language. */
export function problem(context: z.RefinementCtx, path: readonly string[], words: Words): void {
  context.addIssue({ code: "custom", path: [...path], message: words.en, params: { ...words } });
}

const MISSING: Words = { en: "missing", zh: "缺失" };

function read<T>(kind: Kind<T>, input: unknown, context: z.RefinementCtx): T {
  const result = kind.schema.safeParse(input);
  if (result.success) return result.data;
  const given = input === undefined;
  problem(context, [], {
    en: given ? MISSING.en : `not possible; allowed: ${kind.allowed.en}`,
    zh: given ? MISSING.zh : `无效；允许：${kind.allowed.zh}`,
  });
  return z.NEVER;
}

/** An option that must be there. */
export function required<T>(kind: Kind<T>) {
  return z
    .unknown()
    .optional()
    .transform((input, context): T => read(kind, input, context));
}

/** An option that has a value when nothing is given. */
export function usually<T>(kind: Kind<T>, value: unknown) {
  return z
    .unknown()
    .optional()
    .transform((input, context): T => read(kind, input ?? value, context));
}

/** An option that may be left out. */
export function maybe<T>(kind: Kind<T>) {
  return z
    .unknown()
    .optional()
    .transform((input, context): T | undefined =>
      input === undefined || input === null ? undefined : read(kind, input, context),
    );
}

export const nameKind = text(
  {
    en: "lower-case letters, digits and `-`, beginning with a letter, at most 32 characters",
    zh: "小写字母、数字与 `-`，以字母开头，最多 32 个字符",
  },
  (value) => /^[a-z][a-z0-9-]{0,31}$/.test(value),
);

export const lineKind = text(
  { en: "one line of at most 500 characters", zh: "一行文字，最多 500 个字符" },
  (value) => value.length <= 500 && !/\p{Cc}/u.test(value),
);

export const attributeKind = text({ en: "the name of an attribute", zh: "属性名" }, (value) =>
  /^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(value),
);

export const dnKind = text(
  {
    en: "a distinguished name such as `ou=people,dc=example,dc=org`",
    zh: "可分辨名称（DN），如 `ou=people,dc=example,dc=org`",
  },
  (value) => /^[A-Za-z][A-Za-z0-9.-]*=[^\0\r\n]+$/.test(value),
);

export const secretKind = secret({ en: "text", zh: "文本" }, (value) => value !== "");
export const fileKind = path();
export const linesKind = listOf(lineKind, 0);
export const scopeKind = choice("sub", "one");

/** Parentheses in pairs, around all of it. */
function isBalanced(filter: string): boolean {
  let depth = 0;
  for (const [at, character] of [...filter].entries()) {
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    if (depth < 0 || (depth === 0 && at < filter.length - 1)) return false;
  }
  return depth === 0 && filter.startsWith("(");
}

function placeholders(filter: string): string[] {
  return [...filter.matchAll(/\{\{(.*?)\}\}/g)].map(([, name = ""]) => name);
}

/** A filter whose placeholders are all in `known`, and which has `needed` of them. */
export function filterKind(example: string, known: readonly string[], needed?: string) {
  const accept = (value: string) => {
    const used = placeholders(value);
    return (
      isBalanced(value) &&
      used.every((each) => known.includes(each)) &&
      (needed === undefined || used.includes(needed))
    );
  };
  return text(
    { en: `an LDAP filter such as \`${example}\``, zh: `LDAP 过滤器，如 \`${example}\`` },
    accept,
  );
}

export const directoryUrls = listOf(
  text(
    {
      en: "`ldaps://host:636` or `ldap://host:389`",
      zh: "`ldaps://主机:636` 或 `ldap://主机:389`",
    },
    (value) => {
      if (!/^ldaps?:\/\//.test(value) || !URL.canParse(value)) return false;
      const { hostname, pathname, search, hash, username, password } = new URL(value);
      const bare = [search, hash, username, password].every((part) => part === "");
      return hostname !== "" && pathname.length < 2 && bare;
    },
  ),
  1,
);

/** OpenID Connect Discovery §3: https, no query, no fragment; plain http only on this machine. */
export const issuerKind = text(
  {
    en: "an `https://` URL without query and fragment, exactly as the issuer spells it",
    zh: "不含查询与片段的 `https://` URL，须与签发方的写法完全一致",
  },
  (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname, search, hash, username, password } = new URL(value);
    const bare = [search, hash, username, password].every((part) => part === "");
    const safe = protocol === "https:" || (protocol === "http:" && isLoopbackHost(hostname));
    return bare && safe;
  },
);
