import { z } from "zod";
import type { Secret } from "../../kernel/secret.ts";
import { boolean, choice, listOf, text } from "../kinds.ts";
import {
  fileKind,
  issuerKind,
  lineKind,
  linesKind,
  maybe,
  nameKind,
  problem,
  required,
  secretKind,
  usually,
} from "./fields.ts";

export interface OidcProvider {
  readonly type: "oidc";
  readonly name: string;
  readonly label: string;
  readonly autoProvision: boolean;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly clientSecretFile: string;
  /** How the secret is shown to the token endpoint (OpenID Connect Core §9). */
  readonly clientAuthentication: "basic" | "post";
  readonly scopes: readonly string[];
  /** Whether the userinfo endpoint is asked besides the ID token. */
  readonly userinfo: boolean;
  /** Names or dotted paths of claims; "" for none. */
  readonly claims: {
    readonly name: string;
    readonly displayName: string;
    readonly email: string;
    readonly groups: string;
  };
  /** Only members of one of these may log in; empty for everybody. */
  readonly allowedGroups: readonly string[];
  /** Whether logging out here logs out there too. */
  readonly logout: boolean;
}

const scopeToken = text(
  { en: "a scope", zh: "scope" },
  // RFC 6749 §3.3: scope-token.
  (value) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(value),
);

const claims = z.strictObject({
  name: usually(lineKind, "preferred_username"),
  display_name: usually(lineKind, "name"),
  email: usually(lineKind, "email"),
  groups: usually(lineKind, ""),
});

const given = z.strictObject({
  type: z.literal("oidc"),
  name: required(nameKind),
  label: usually(lineKind, ""),
  auto_provision: usually(boolean(), false),
  issuer: required(issuerKind),
  client_id: required(lineKind),
  client_secret: maybe(secretKind),
  client_secret_file: maybe(fileKind),
  client_authentication: usually(choice("basic", "post"), "basic"),
  scopes: usually(listOf(scopeToken, 1), ["openid", "profile", "email"]),
  userinfo: usually(boolean(), false),
  claims: claims.prefault({}),
  allowed_groups: usually(linesKind, []),
  logout: usually(boolean(), false),
});

type Given = z.output<typeof given>;

/** The options of an OpenID provider, as the file spells them. */
export const oidcOptions = given;

export function readOidc(options: Given, context: z.RefinementCtx): OidcProvider {
  if (options.client_secret !== undefined && options.client_secret_file !== undefined) {
    problem(context, ["client_secret"], {
      en: "given twice: as `client_secret` and as `client_secret_file`",
      zh: "重复给出：`client_secret` 与 `client_secret_file`",
    });
  }
  // OpenID Connect Core §3.1.2.1: without this scope there is no ID token, and no login.
  if (!options.scopes.includes("openid")) {
    problem(context, ["scopes"], { en: "`openid` is missing", zh: "缺少 `openid`" });
  }
  if (options.allowed_groups.length > 0 && options.claims.groups === "") {
    problem(context, ["claims", "groups"], {
      en: "missing: `allowed_groups` needs to know the groups",
      zh: "缺失：`allowed_groups` 需要用户组信息",
    });
  }
  return {
    type: "oidc",
    name: options.name,
    label: options.label,
    autoProvision: options.auto_provision,
    issuer: options.issuer,
    clientId: options.client_id,
    clientSecret: options.client_secret,
    clientSecretFile: options.client_secret_file ?? "",
    clientAuthentication: options.client_authentication,
    scopes: options.scopes,
    userinfo: options.userinfo,
    claims: {
      name: options.claims.name,
      displayName: options.claims.display_name,
      email: options.claims.email,
      groups: options.claims.groups,
    },
    allowedGroups: options.allowed_groups,
    logout: options.logout,
  };
}

/** As a person would write it, without the secret. */
export function showOidc(provider: OidcProvider): Record<string, unknown> {
  const { claims: names } = provider;
  return {
    type: provider.type,
    name: provider.name,
    label: provider.label,
    auto_provision: provider.autoProvision,
    issuer: provider.issuer,
    client_id: provider.clientId,
    client_secret: provider.clientSecret === undefined ? "" : String(provider.clientSecret),
    client_secret_file: provider.clientSecretFile,
    client_authentication: provider.clientAuthentication,
    scopes: provider.scopes,
    userinfo: provider.userinfo,
    claims: {
      name: names.name,
      display_name: names.displayName,
      email: names.email,
      groups: names.groups,
    },
    allowed_groups: provider.allowedGroups,
    logout: provider.logout,
  };
}
