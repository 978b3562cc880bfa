import type { LdapProvider } from "../../../../config/providers/ldap.ts";
import type { Clock } from "../../../../kernel/clock.ts";
import type { Directory } from "../../../../platform/directory/port.ts";
import type { Preview } from "../provision/service.ts";
import { type ProviderReport, Report, reasonOf, type TestSubject } from "../report.ts";
import type { DirectoryGroups } from "./groups.ts";
import type { DirectoryPeople, DirectoryPerson } from "./people.ts";

export interface DirectoryTest {
  readonly config: LdapProvider;
  readonly directory: Directory;
  readonly people: DirectoryPeople;
  readonly groups: DirectoryGroups;
  readonly subject: TestSubject;
  readonly clock: Clock;
}

async function testServers(directory: Directory, report: Report): Promise<boolean> {
  let isBound = false;
  for (const { step, url, ok, reason } of await directory.probe()) {
    report.add(step, ok, { url }, reason);
    isBound = ok;
  }
  return isBound;
}

function factsOf(person: DirectoryPerson, config: LdapProvider) {
  return {
    dn: person.dn,
    [config.users.id]: person.id,
    [config.users.nameAttribute]: person.name,
    ...(person.displayName === undefined
      ? {}
      : { [config.users.displayNameAttribute]: person.displayName }),
    ...(person.email === undefined ? {} : { [config.users.emailAttribute]: person.email }),
    disabled: person.isDisabled,
  };
}

async function testPerson(
  { config, directory, people, groups, subject, clock }: DirectoryTest,
  name: string,
  report: Report,
  preview: (person: DirectoryPerson, groups: readonly string[] | undefined) => Promise<Preview>,
): Promise<void> {
  const found = await people.named(name, clock.now());
  const [person] = found;
  if (person === undefined || found.length > 1) {
    const reason = person === undefined ? "no entry" : "more than one entry";
    report.add("search", false, { entries: found.map(({ dn }) => dn) }, reason);
    return;
  }
  report.add("search", !person.isDisabled, factsOf(person, config));
  const { password } = subject;
  if (password !== undefined) {
    const isRight = password !== "" && (await directory.verify(person.dn, password));
    report.add("password", isRight, {}, isRight ? undefined : "refused");
  }
  const theirs = await groups.of(person);
  if (theirs !== undefined) report.add("groups", !theirs.isCut, { groups: theirs.names });
  const { account, exists, refusal, groups: mapped } = await preview(person, theirs?.names);
  const facts = { account: account ?? "", exists, groups: mapped };
  report.add("account", refusal === null, facts, refusal ?? undefined);
}

/**
 * Goes through a login step by step and tells what came back; makes and changes nothing. The
 * service account's and the person's passwords are not in the report.
 */
export async function testDirectory(
  test: DirectoryTest,
  preview: (person: DirectoryPerson, groups: readonly string[] | undefined) => Promise<Preview>,
): Promise<ProviderReport> {
  const { config, directory, subject } = test;
  const report = new Report();
  try {
    const isBound = await testServers(directory, report);
    const { name } = subject;
    if (isBound && name !== undefined) await testPerson(test, name, report, preview);
  } catch (error) {
    report.add("search", false, {}, reasonOf(error));
  }
  return report.of(config.name, "ldap");
}
