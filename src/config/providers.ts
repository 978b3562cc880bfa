import { z } from "zod";
import type { KeyDocs } from "./key.ts";
import type { Kind, Words } from "./kinds.ts";
import { boolean } from "./kinds.ts";
import { fileKind, lineKind, nameKind, problem, required, usually } from "./providers/fields.ts";
import { type LdapProvider, ldapOptions, readLdap, showLdap } from "./providers/ldap.ts";
import { type OidcProvider, oidcOptions, readOidc, showOidc } from "./providers/oidc.ts";
import { suggest } from "./suggest.ts";

/** Accounts of our own. */
export interface LocalProvider {
  readonly type: "local";
  readonly name: "local";
  readonly label: string;
}

export interface HtpasswdProvider {
  readonly type: "htpasswd";
  readonly name: string;
  readonly label: string;
  readonly autoProvision: boolean;
  /** Lines of `name:bcrypt`, read again when it changes. */
  readonly file: string;
}

export type ProviderConfig = LocalProvider | HtpasswdProvider | LdapProvider | OidcProvider;

const local = z.strictObject({
  type: z.literal("local"),
  name: usually(nameKind, "local"),
  label: usually(lineKind, ""),
});

const htpasswd = z.strictObject({
  type: z.literal("htpasswd"),
  name: required(nameKind),
  label: usually(lineKind, ""),
  auto_provision: usually(boolean(), true),
  file: required(fileKind),
});

const TYPES = ["local", "htpasswd", "ldap", "oidc"] as const;
const options = z.discriminatedUnion("type", [local, htpasswd, ldapOptions, oidcOptions]);

const one = options.transform((given, context): ProviderConfig => {
  if (given.type === "ldap") return readLdap(given, context);
  if (given.type === "oidc") return readOidc(given, context);
  if (given.type === "htpasswd") {
    const { type, name, label, auto_provision: autoProvision, file } = given;
    return { type, name, label, autoProvision, file };
  }
  if (given.name !== "local") {
    problem(context, ["name"], {
      en: "the accounts of the registry itself are called `local`",
      zh: "仓库自身的账户固定名为 `local`",
    });
  }
  return { type: "local", name: "local", label: given.label };
});

/** What is wrong with one option, in words. */
function wordsOf(issue: z.core.$ZodIssue, entry: unknown): Words {
  if (issue.code === "custom" && issue.params !== undefined) {
    return { en: String(issue.params.en), zh: String(issue.params.zh) };
  }
  if (issue.code === "unrecognized_keys") {
    const known = knownOptions(entry, issue.path);
    const hints = issue.keys.map((each) => ({ each, meant: suggest(each, known) }));
    const listed = (ask: (meant: string) => string, joint: string) =>
      hints
        .map(({ each, meant }) => `\`${each}\`${meant === undefined ? "" : ask(meant)}`)
        .join(joint);
    return {
      en: `there is no such option: ${listed((meant) => ` (did you mean \`${meant}\`?)`, ", ")}`,
      zh: `没有这个选项：${listed((meant) => `（您是否想写 \`${meant}\`？）`, "、")}`,
    };
  }
  if (issue.code === "invalid_union") {
    const types = TYPES.map((each) => `\`${each}\``);
    return { en: `allowed: ${types.join(", ")}`, zh: `允许：${types.join("、")}` };
  }
  return { en: "must hold options of its own", zh: "应包含下级选项" };
}

function knownOptions(entry: unknown, path: readonly PropertyKey[]): string[] {
  const type = typeof entry === "object" && entry !== null && "type" in entry ? entry.type : "";
  const shape = options.options.find((each) => each.shape.type.value === type)?.shape;
  let at: Readonly<Record<string, unknown>> = shape ?? {};
  for (const word of path) {
    const inner = at[String(word)];
    const object = inner instanceof z.ZodPrefault ? inner.unwrap() : inner;
    at = object instanceof z.ZodObject ? object.shape : {};
  }
  return Object.keys(at);
}

/** Tells which entry it is and which of its options: `ldap "corp": users.base: missing`. */
function place(entry: unknown, index: number, path: readonly PropertyKey[], words: Words): Words {
  const named = typeof entry === "object" && entry !== null && "name" in entry ? entry.name : "";
  const option = path.length === 0 ? "" : `\`${path.map(String).join(".")}\`: `;
  const isNamed = typeof named === "string" && named !== "" && named.length <= 64;
  const who = isNamed ? ` ${JSON.stringify(named)}` : "";
  return {
    en: `provider ${index + 1}${who}: ${option}${words.en}`,
    zh: `第 ${index + 1} 个提供方${who}：${option}${words.zh}`,
  };
}

function parseText(input: unknown): unknown {
  if (typeof input !== "string") return input;
  try {
    return JSON.parse(input);
  } catch {
    return undefined;
  }
}

function readAll(list: readonly unknown[], context: z.RefinementCtx): ProviderConfig[] {
  const providers: ProviderConfig[] = [];
  list.forEach((entry, index) => {
    const read = one.safeParse(entry);
    if (read.success) providers.push(read.data);
    for (const issue of read.error?.issues ?? []) {
      problem(context, [], place(entry, index, issue.path, wordsOf(issue, entry)));
    }
  });
  return providers;
}

/** Rules over the list as a whole. */
function checkTogether(providers: readonly ProviderConfig[], context: z.RefinementCtx): void {
  const names = new Set<string>();
  const issuers = new Set<string>();
  for (const provider of providers) {
    const { name } = provider;
    if (names.has(name) || (name === "local" && provider.type !== "local")) {
      problem(context, [], {
        en: `the name ${JSON.stringify(name)} is taken: names tell whose accounts they are`,
        zh: `名称 ${JSON.stringify(name)} 已被占用：名称用于区分账户归属`,
      });
    }
    names.add(name);
    if (provider.type !== "oidc") continue;
    // An identity is (issuer, subject): two providers would claim the same accounts.
    if (issuers.has(provider.issuer)) {
      problem(context, [], {
        en: `the issuer ${provider.issuer} is there twice`,
        zh: `签发方 ${provider.issuer} 重复出现`,
      });
    }
    issuers.add(provider.issuer);
  }
}

const MOST = 50;

const schema = z.unknown().transform((input, context): readonly ProviderConfig[] => {
  const list = parseText(input);
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST) {
    problem(context, [], {
      en: "must be a list of login providers (in the environment: a JSON array)",
      zh: "应为登录提供方列表（在环境变量中为 JSON 数组）",
    });
    return z.NEVER;
  }
  const providers = readAll(list, context);
  checkTogether(providers, context);
  return providers;
});

function show(provider: ProviderConfig): Record<string, unknown> {
  if (provider.type === "ldap") return showLdap(provider);
  if (provider.type === "oidc") return showOidc(provider);
  const { type, name, label } = provider;
  if (type === "local") return { type, name, label };
  return { type, name, label, auto_provision: provider.autoProvision, file: provider.file };
}

/** The ordered list of login providers: in YAML a list, elsewhere JSON text. */
export function loginProviders(): Kind<readonly ProviderConfig[]> {
  return {
    schema,
    allowed: {
      en: "a list of providers, each with a `type` (`local`, `htpasswd`, `ldap` or `oidc`), a `name` and the options of its type",
      zh: "提供方列表，每项含 `type`（`local`、`htpasswd`、`ldap` 或 `oidc`）、`name` 及该类型的选项",
    },
    // What was left out stays out: empty text cannot be read back.
    show: (providers) =>
      providers.map((each) =>
        Object.fromEntries(Object.entries(show(each)).filter(([, value]) => value !== "")),
      ),
  };
}

export const providersDocs: KeyDocs = {
  default: '[{"type":"local","name":"local"}]',
  defaultMeans: { en: "the registry's own accounts only", zh: "仅使用仓库自身的账户" },
  // Entries may hold secrets, so no value of it is ever printed as it was given.
  secret: true,
  en: "Where people log in, asked in this order. Each kind and its options are on the page about login providers. In the environment it is JSON text.",
  zh: "用户登录的来源，按此顺序查询。各类提供方及其选项见“登录提供方”文档页。在环境变量中为 JSON 文本。",
};
