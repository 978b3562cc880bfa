import { randomBytes } from "node:crypto";
import type { LdapProvider } from "../../../../config/providers/ldap.ts";
import type { Clock } from "../../../../kernel/clock.ts";
import { openLdapDirectory } from "../../../../platform/directory/ldap.ts";
import type { Directory } from "../../../../platform/directory/port.ts";
import type { Logger } from "../../../../platform/telemetry/telemetry.ts";
import type { PasswordProvider } from "../../providers-port.ts";
import { revealed } from "../credential-file.ts";
import type { Sighting } from "../provision/rules.ts";
import type { Provisioning } from "../provision/service.ts";
import type { ProviderReport, TestSubject } from "../report.ts";
import { directoryGroups } from "./groups.ts";
import { type DirectoryPerson, directoryPeople } from "./people.ts";
import { testDirectory } from "./test-run.ts";

const MOST_NAME = 255;
const MOST_PASSWORD = 1_024;

export interface LdapParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly provisioning: Pick<Provisioning, "login" | "refresh" | "identityOf" | "preview">;
}

export interface LdapLogin extends Required<PasswordProvider> {
  test(subject: TestSubject): Promise<ProviderReport>;
  close(): Promise<void>;
}

/** Whether a name can be looked for at all. */
function isSearchable(name: string): boolean {
  return name !== "" && name.length <= MOST_NAME && !/\p{Cc}/u.test(name);
}

function openDirectory(config: LdapProvider): Directory {
  const { urls, startTls, caFile, bindDn, timeout } = config;
  return openLdapDirectory({
    ...{ urls, startTls, caFile, bindDn, timeout },
    async bindPassword() {
      const password = await revealed(config.bindPassword, config.bindPasswordFile);
      // RFC 4513 §5.1.2: an empty one would be taken for an anonymous bind.
      if (password === undefined || password === "") throw new Error("bind_password is empty");
      return password;
    },
  });
}

/**
 * People of a directory: searched as the service account, then their password is tried by binding
 * as them. Identities are `ldap:<provider>` and the entry's immutable id.
 */
export function openLdap(config: LdapProvider, parts: LdapParts): LdapLogin {
  const { clock, logger, provisioning } = parts;
  const { name: provider, autoProvision } = config;
  const issuer = `ldap:${provider}`;
  const directory = openDirectory(config);
  const people = directoryPeople(directory, config);
  const groups = directoryGroups(directory, config);

  const admission = { autoProvision, numbered: false };

  const sightingFrom = (
    { id, name, displayName, email }: DirectoryPerson,
    names: readonly string[] | undefined,
  ): Sighting => ({
    provider,
    issuer,
    subject: id,
    name,
    displayName,
    email,
    groups: names,
    groupForm: "dn",
  });

  async function sightingOf(person: DirectoryPerson): Promise<Sighting> {
    const found = await groups.of(person);
    if (found?.isCut === true) {
      logger.warn({ provider, dn: person.dn }, "the directory names more groups than are read");
    }
    return sightingFrom(person, found?.names);
  }

  /** As long as for a person who exists (A40): one more connection, one more bind. */
  async function refuse(password: string): Promise<undefined> {
    await directory.verify(`cn=${randomBytes(8).toString("hex")},${config.users.base}`, password);
    return undefined;
  }

  async function find(name: string): Promise<DirectoryPerson | undefined> {
    const [person, other] = await people.named(name, clock.now());
    if (person === undefined || other === undefined) return person;
    logger.warn(
      { provider, name, dn: [person.dn, other.dn] },
      "a login was refused: the filter finds more than one entry",
    );
    return undefined;
  }

  return {
    name: provider,
    async check(name, password, presence) {
      // Before anything is sent: servers let an empty password in as nobody (RFC 4513 §5.1.2).
      if (password === "" || password.length > MOST_PASSWORD) return undefined;
      if (!isSearchable(name)) return refuse(password);
      const person = await find(name);
      if (person === undefined) return refuse(password);
      if (!(await directory.verify(person.dn, password))) return undefined;
      if (person.isDisabled) {
        logger.warn({ provider, dn: person.dn }, "a login was refused: disabled in the directory");
        return undefined;
      }
      const sighting = await sightingOf(person);
      const outcome = await provisioning.login(sighting, admission, presence);
      if (!outcome.ok) return undefined;
      const claims = { dn: person.dn, groups: sighting.groups ?? [] };
      return { principalId: outcome.principalId, provider, claims };
    },
    async recheck(principalId) {
      const identity = await provisioning.identityOf(principalId, issuer);
      if (identity === undefined) return false;
      const person = await people.withId(identity.subject, clock.now());
      if (person === undefined || person.isDisabled) return false;
      return provisioning.refresh(await sightingOf(person));
    },
    test: (subject) =>
      testDirectory({ config, directory, people, groups, subject, clock }, (person, names) =>
        provisioning.preview(sightingFrom(person, names), admission),
      ),
    close: () => directory.close(),
  };
}
