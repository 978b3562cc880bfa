import { z } from "zod";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import { boolean, choice, duration, integer } from "../kinds.ts";
import {
  attributeKind,
  directoryUrls,
  dnKind,
  fileKind,
  filterKind,
  lineKind,
  maybe,
  nameKind,
  problem,
  required,
  scopeKind,
  secretKind,
  usually,
} from "./fields.ts";
import { isLoopbackHost } from "./hosts.ts";

/** How groups of a directory are found. */
export type GroupSearch = "none" | "search" | "attribute";
/** How groups in groups are followed. */
export type Nesting = "none" | "walk" | "in_chain";

export interface LdapProvider {
  readonly type: "ldap";
  readonly name: string;
  readonly label: string;
  readonly autoProvision: boolean;
  readonly urls: readonly string[];
  readonly startTls: boolean;
  readonly caFile: string;
  readonly bindDn: string;
  readonly bindPassword: Secret | undefined;
  readonly bindPasswordFile: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly users: {
    readonly base: string;
    readonly scope: "sub" | "one";
    readonly filter: string;
    /** The attribute that never changes and is never given to somebody else. */
    readonly id: string;
    /** `guid`: 16 bytes as Active Directory keeps them. */
    readonly idForm: "text" | "guid";
    readonly nameAttribute: string;
    readonly displayNameAttribute: string;
    readonly emailAttribute: string;
    /** Holds Active Directory's account flags; "" where there is no such thing. */
    readonly flagsAttribute: string;
  };
  readonly groups: {
    readonly by: GroupSearch;
    readonly base: string;
    readonly scope: "sub" | "one";
    readonly filter: string;
    readonly memberAttribute: string;
    /** Whether members are named by their DN or, as in `memberUid`, by their name. */
    readonly memberForm: "dn" | "name";
    readonly memberOfAttribute: string;
    readonly nested: Nesting;
    readonly depth: number;
  };
}

/** What is usual in the two families of directories. */
const PRESETS = {
  openldap: {
    filter: "(&(objectClass=inetOrgPerson)(uid={{name}}))",
    id: "entryUUID",
    idForm: "text",
    nameAttribute: "uid",
    displayNameAttribute: "cn",
    flagsAttribute: "",
    groupFilter: "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))",
  },
  active_directory: {
    filter: "(&(objectCategory=person)(objectClass=user)(sAMAccountName={{name}}))",
    id: "objectGUID",
    idForm: "guid",
    nameAttribute: "sAMAccountName",
    displayNameAttribute: "displayName",
    flagsAttribute: "userAccountControl",
    groupFilter: "(objectClass=group)",
  },
} as const;

const users = z.strictObject({
  base: required(dnKind),
  scope: usually(scopeKind, "sub"),
  filter: maybe(filterKind(PRESETS.openldap.filter, ["name"], "name")),
  id_attribute: maybe(attributeKind),
  name_attribute: maybe(attributeKind),
  display_name_attribute: maybe(attributeKind),
  email_attribute: usually(attributeKind, "mail"),
});

const groups = z.strictObject({
  by: usually(choice("none", "search", "attribute"), "none"),
  base: maybe(dnKind),
  scope: usually(scopeKind, "sub"),
  filter: maybe(filterKind("(objectClass=groupOfNames)", [])),
  member_attribute: usually(attributeKind, "member"),
  member_of_attribute: usually(attributeKind, "memberOf"),
  nested: usually(choice("none", "walk", "in_chain"), "none"),
  depth: usually(integer(1, 20), "5"),
});

const given = z.strictObject({
  type: z.literal("ldap"),
  name: required(nameKind),
  label: usually(lineKind, ""),
  auto_provision: usually(boolean(), true),
  preset: usually(choice("openldap", "active_directory"), "openldap"),
  urls: required(directoryUrls),
  start_tls: usually(boolean(), true),
  ca_file: maybe(fileKind),
  bind_dn: usually(lineKind, ""),
  bind_password: maybe(secretKind),
  bind_password_file: maybe(fileKind),
  timeout: usually(duration(SECOND, MINUTE), "10s"),
  users,
  groups: groups.prefault({}),
});

type Given = z.output<typeof given>;

function check(options: Given, context: z.RefinementCtx): void {
  const isPlain = (url: string) => {
    const { protocol, hostname } = new URL(url);
    return protocol === "ldap:" && !isLoopbackHost(hostname);
  };
  if (!options.start_tls && options.urls.some(isPlain)) {
    problem(context, ["start_tls"], {
      en: "passwords would cross the network unencrypted; only `localhost` may be asked without TLS",
      zh: "密码将以明文在网络上传输；只有 `localhost` 可以不使用 TLS",
    });
  }
  const secrets = [options.bind_password, options.bind_password_file].filter((each) => each);
  if (secrets.length > 1) {
    problem(context, ["bind_password"], {
      en: "given twice: as `bind_password` and as `bind_password_file`",
      zh: "重复给出：`bind_password` 与 `bind_password_file`",
    });
  }
  if (options.bind_dn !== "" && secrets.length === 0) {
    problem(context, ["bind_password"], {
      en: "missing: `bind_dn` needs a password",
      zh: "缺失：`bind_dn` 需要密码",
    });
  }
  if (options.groups.by === "search" && options.groups.base === undefined) {
    problem(context, ["groups", "base"], {
      en: "missing: groups are searched below it",
      zh: "缺失：将在其下查找用户组",
    });
  }
  const isActiveDirectory = options.preset === "active_directory";
  if (
    options.groups.nested === "in_chain" &&
    !(isActiveDirectory && options.groups.by === "search")
  ) {
    problem(context, ["groups", "nested"], {
      en: "`in_chain` is a search of Active Directory (`by: search`); others need `walk`",
      zh: "`in_chain` 是 Active Directory 的查询方式（`by: search`）；其他情况请使用 `walk`",
    });
  }
}

function toProvider(options: Given): LdapProvider {
  const preset = PRESETS[options.preset];
  const { users: people, groups: sets } = options;
  const id = people.id_attribute ?? preset.id;
  return {
    type: "ldap",
    name: options.name,
    label: options.label,
    autoProvision: options.auto_provision,
    urls: options.urls,
    startTls: options.start_tls,
    caFile: options.ca_file ?? "",
    bindDn: options.bind_dn,
    bindPassword: options.bind_password,
    bindPasswordFile: options.bind_password_file ?? "",
    timeout: options.timeout,
    users: {
      base: people.base,
      scope: people.scope,
      filter: people.filter ?? preset.filter,
      id,
      idForm: id.toLowerCase() === "objectguid" ? "guid" : "text",
      nameAttribute: people.name_attribute ?? preset.nameAttribute,
      displayNameAttribute: people.display_name_attribute ?? preset.displayNameAttribute,
      emailAttribute: people.email_attribute,
      flagsAttribute: preset.flagsAttribute,
    },
    groups: {
      by: sets.by,
      base: sets.base ?? "",
      scope: sets.scope,
      filter: sets.filter ?? preset.groupFilter,
      memberAttribute: sets.member_attribute,
      memberForm: sets.member_attribute.toLowerCase() === "memberuid" ? "name" : "dn",
      memberOfAttribute: sets.member_of_attribute,
      nested: sets.nested,
      depth: sets.depth,
    },
  };
}

/** The options of a directory, as the file spells them. */
export const ldapOptions = given;

export function readLdap(options: Given, context: z.RefinementCtx): LdapProvider {
  check(options, context);
  return toProvider(options);
}

/** As a person would write it, without the secret. */
export function showLdap(provider: LdapProvider): Record<string, unknown> {
  const { users: people, groups: sets } = provider;
  return {
    type: provider.type,
    name: provider.name,
    label: provider.label,
    auto_provision: provider.autoProvision,
    urls: provider.urls,
    start_tls: provider.startTls,
    ca_file: provider.caFile,
    bind_dn: provider.bindDn,
    bind_password: provider.bindPassword === undefined ? "" : String(provider.bindPassword),
    bind_password_file: provider.bindPasswordFile,
    timeout: `${provider.timeout / SECOND}s`,
    users: {
      base: people.base,
      scope: people.scope,
      filter: people.filter,
      id_attribute: people.id,
      name_attribute: people.nameAttribute,
      display_name_attribute: people.displayNameAttribute,
      email_attribute: people.emailAttribute,
    },
    groups: {
      by: sets.by,
      base: sets.base,
      scope: sets.scope,
      filter: sets.filter,
      member_attribute: sets.memberAttribute,
      member_of_attribute: sets.memberOfAttribute,
      nested: sets.nested,
      depth: sets.depth,
    },
  };
}
