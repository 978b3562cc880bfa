import type { ProviderConfig } from "../../../config/providers.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import type { Doer } from "../../audit/entry.ts";
import type { PasswordProvider } from "../providers-port.ts";
import { type HtpasswdLogin, openHtpasswd } from "./htpasswd/provider.ts";
import { type LdapLogin, openLdap } from "./ldap/provider.ts";
import type { OutboundFetch } from "./oidc/issuer.ts";
import { type OidcLogin, openOidc } from "./oidc/login.ts";
import { openProvisioning, type ProvisioningParts } from "./provision/service.ts";
import type { ProviderReport, TestSubject } from "./report.ts";

/** A way to log in, as the sign-in page shows it. */
export interface LoginOption {
  readonly name: string;
  readonly label: string;
  /** `password`: a form with name and password. `redirect`: a button that leads elsewhere. */
  readonly kind: "password" | "redirect";
}

/** The login providers of the configuration. */
export interface Providers {
  /**
   * Those that take name and password, in the configured order; `local` stands for the accounts of
   * the registry itself.
   */
  readonly passwords: readonly (PasswordProvider | "local")[];
  /** All of them, in the configured order. */
  readonly options: readonly LoginOption[];
  /** Single sign-on at the provider of that name. Throws `provider.unknown`. */
  oidc(name: string): OidcLogin;
  /** Tries a provider and tells step by step what came back. Throws `provider.unknown`. */
  test(name: string, subject: TestSubject): Promise<ProviderReport>;
  /** Makes an account before its first login. `subject` is the provider's word for the person. */
  admit(
    by: Doer,
    name: string,
    who: { subject: string; name: string; displayName?: string; email?: string },
  ): Promise<string>;
  close(): Promise<void>;
}

export interface ProvidersParts extends ProvisioningParts {
  readonly configs: readonly ProviderConfig[];
  readonly keyring: Keyring;
  /** For calls to OpenID issuers, which the operator has configured and which may be internal. */
  readonly fetch: OutboundFetch;
  /** The path of an OpenID provider's redirect URI. */
  readonly callbackPath: (provider: string) => string;
}

type Opened =
  | { readonly type: "local" }
  | { readonly type: "htpasswd"; readonly login: HtpasswdLogin }
  | { readonly type: "ldap"; readonly login: LdapLogin }
  | { readonly type: "oidc"; readonly login: OidcLogin };

/** The issuer of a provider's identities; undefined for our own accounts. */
function issuerOf(config: ProviderConfig): string | undefined {
  if (config.type === "local") return undefined;
  return config.type === "oidc" ? config.issuer : `${config.type}:${config.name}`;
}

/** Opens every provider; nothing is asked of any of them before somebody logs in. */
export function openProviders(parts: ProvidersParts): Providers {
  const provisioning = openProvisioning(parts);

  function open(config: ProviderConfig): Opened {
    const own = { ...parts, provisioning };
    if (config.type === "htpasswd") return { type: "htpasswd", login: openHtpasswd(config, own) };
    if (config.type === "ldap") return { type: "ldap", login: openLdap(config, own) };
    if (config.type === "oidc") return { type: "oidc", login: openOidc(config, own) };
    return { type: "local" };
  }

  const opened = new Map(parts.configs.map((config) => [config.name, open(config)]));

  return {
    passwords: [...opened.values()].flatMap((each) => {
      if (each.type === "oidc") return [];
      return [each.type === "local" ? ("local" as const) : each.login];
    }),
    options: parts.configs.map(({ name, label, type }) => ({
      name,
      label: label === "" ? name : label,
      kind: type === "oidc" ? "redirect" : "password",
    })),
    oidc(name) {
      const found = opened.get(name);
      if (found?.type !== "oidc") throw failure("provider.unknown", { provider: name });
      return found.login;
    },
    async test(name, subject) {
      const found = opened.get(name);
      if (found === undefined || found.type === "local") {
        throw failure("provider.unknown", { provider: name });
      }
      return found.type === "oidc" ? found.login.test() : found.login.test(subject);
    },
    async admit(by, name, { subject, ...who }) {
      const config = parts.configs.find((each) => each.name === name);
      const issuer = config === undefined ? undefined : issuerOf(config);
      if (issuer === undefined) throw failure("provider.unknown", { provider: name });
      return provisioning.admit(by, { ...who, provider: name, issuer, subject });
    },
    async close() {
      for (const each of opened.values()) if (each.type === "ldap") await each.login.close();
    },
  };
}
