import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { hashPassword, verifyPassword } from "../../platform/passwords/argon2.ts";
import type { Keyring } from "../../platform/sealing/keyring.ts";
import { Actors } from "./actors/actors.ts";
import { IdentityMemory } from "./actors/memory.ts";
import { Rechecks } from "./actors/rechecks.ts";
import { actorReads } from "./actors/store.ts";
import type { AuditPort } from "./audit-port.ts";
import { bootstrap } from "./bootstrap.ts";
import type { IdentityContext } from "./context.ts";
import type { CheckedCredential, Standing } from "./credential.ts";
import type { FirstPasswordFile } from "./first-password.ts";
import type { Groups } from "./groups/group.ts";
import { openGroups } from "./groups/service.ts";
import { type LoginCounts, LoginJournal } from "./login/journal.ts";
import { PasswordLogins } from "./login/passwords.ts";
import { RememberedPasswords } from "./login/remembered.ts";
import { SecretLogins } from "./login/secrets.ts";
import { LOCAL, localProvider, type PasswordHasher } from "./passwords/local.ts";
import { passwordReads } from "./passwords/store.ts";
import type { Presence } from "./presence.ts";
import type { Actor } from "./principal.ts";
import type { PasswordProvider, Vouched } from "./providers-port.ts";
import type { Revision } from "./revision/revision.ts";
import type { Robots } from "./robots/robot.ts";
import { openRobots } from "./robots/service.ts";
import { type IdentitySettings, usualSettings } from "./settings.ts";
import { throttleReads } from "./throttle/store.ts";
import { Throttle } from "./throttle/throttle.ts";
import { claimsToBeSecret } from "./tokens/secret-text.ts";
import { openTokens } from "./tokens/service.ts";
import type { Tokens } from "./tokens/token.ts";
import { openUsers } from "./users/service.ts";
import type { Users } from "./users/user.ts";

/** Who somebody is. */
export interface Identity {
  /**
   * Name and password on a path of machines (docker login, Basic), or a token's secret in the
   * place of the password. Whoever has a second factor uses a token here. Throws
   * `access.bad_credentials` alike for every reason, `access.throttled`.
   * A password that must be changed still works here, so that no pipeline stops for it; the
   * console and the REST door ask `standing` and let its bearer do nothing but change it.
   */
  basic(name: string, secret: string, presence: Presence): Promise<Actor>;
  /** A personal, robot, login or workload secret alone (Bearer of the REST door). */
  bearer(secret: string, presence: Presence): Promise<Actor>;
  /**
   * Name and password of a person at the console, who shows the second factor, if there is one,
   * next. Throws as `basic` does.
   */
  checkPassword(name: string, password: string, presence: Presence): Promise<Vouched>;
  /**
   * The actor of a principal as it is now; undefined when the principal is gone, disabled or of
   * another generation, when the token or session is ended, or the address is not one of the
   * token's. At once where it is remembered: cheap enough for every request.
   */
  actor(of: CheckedCredential): Promise<Actor | undefined> | Actor | undefined;
  /** Of a live principal; undefined when it is gone or disabled. */
  standing(principalId: string): Promise<Standing | undefined>;
  readonly users: Users;
  readonly groups: Groups;
  readonly robots: Robots;
  readonly tokens: Tokens;
  /**
   * Sees to it at the first start that there is an administrator, with `password` or else with a
   * random one, which it gives back and which must be changed. A random one is in `file` before
   * the account can be seen, so that no crash leaves an administrator whose password nobody knows.
   */
  bootstrap(password: string | undefined, file: FirstPasswordFile): Promise<string | undefined>;
  /** How logins of this process ended, for metrics. */
  readonly logins: Readonly<LoginCounts>;
  /** Waits for what is written behind (when tokens were last used). */
  close(): Promise<void>;
}

/** What identity is made of. */
export interface IdentityParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly revision: Revision;
  readonly audit: AuditPort;
  /** Asked in this order; `local` stands for our own accounts. */
  readonly providers: readonly (PasswordProvider | typeof LOCAL)[];
  readonly keyring: Pick<Keyring, "derive">;
  readonly settings?: IdentitySettings;
  /** The actions that limits of tokens can name. */
  readonly knownActions: Iterable<string>;
  /** Left out: argon2id. */
  readonly hasher?: PasswordHasher;
}

const argon2id: PasswordHasher = { hash: hashPassword, verify: verifyPassword };

/** Opens the room; see `Identity`. */
export function openIdentity(parts: IdentityParts): Identity {
  const { db, clock, revision, audit, hasher = argon2id } = parts;
  const settings = parts.settings ?? usualSettings;
  const knownActions = new Set(parts.knownActions);
  const context: IdentityContext = { db, clock, revision, audit, settings, knownActions };

  const reads = passwordReads(db);
  const local = localProvider(reads, hasher);
  const providers = parts.providers.map((each) => (each === LOCAL ? local : each));
  const memory = new IdentityMemory(revision, actorReads(db));
  const rechecks = new Rechecks(providers, clock);
  const actors = new Actors({ memory, rechecks, clock });
  const throttle = new Throttle({
    reads: throttleReads(db),
    clock,
    rules: settings.throttle,
    key: parts.keyring.derive("login throttle"),
  });
  const journal = new LoginJournal({ db, clock, audit, throttle });
  const secrets = new SecretLogins({ db, clock, memory, actors, throttle, journal });
  const remembered = new RememberedPasswords(clock);
  const passwords = new PasswordLogins({
    providers,
    reads,
    actors,
    rechecks,
    throttle,
    journal,
    remembered,
  });

  return {
    logins: journal.counts,
    // What looks like a secret of ours is one: no provider gets to see it.
    basic: (name, secret, presence) =>
      claimsToBeSecret(secret)
        ? secrets.login(name, secret, presence)
        : passwords.machine(name, secret, presence),
    bearer: (secret, presence) => secrets.login(null, secret, presence),
    checkPassword: (name, password, presence) => passwords.console(name, password, presence),
    actor: (of) => actors.actor(of),
    standing: (principalId) => actors.standing(principalId),
    users: openUsers(context, passwords, hasher),
    groups: openGroups(context),
    robots: openRobots(context),
    tokens: openTokens(context, memory, secrets),
    bootstrap: (password, file) => bootstrap(context, hasher, password, file),
    close: () => secrets.close(),
  };
}
