import type { Actors } from "../actors/actors.ts";
import { actorOf } from "../actors/actors.ts";
import type { Rechecks } from "../actors/rechecks.ts";
import type { Known } from "../actors/store.ts";
import type { PasswordReads } from "../passwords/store.ts";
import { LONGEST_PASSWORD } from "../passwords/strength.ts";
import type { Presence } from "../presence.ts";
import type { Actor } from "../principal.ts";
import type { PasswordProvider, Vouched } from "../providers-port.ts";
import type { Throttle } from "../throttle/throttle.ts";
import { sourceOf } from "../tokens/networks.ts";
import { claimsToBeSecret } from "../tokens/secret-text.ts";
import type { Attempt, LoginJournal } from "./journal.ts";
import type { RememberedPasswords } from "./remembered.ts";

/** Longer ones are nobody's, here or elsewhere. */
const LONGEST_NAME = 512;

/** Where a password is shown, and what follows from that. */
interface Path {
  /** What the log calls a refusal. */
  readonly action: string;
  /** Nobody is there to show a second factor. */
  readonly machine: boolean;
}

const MACHINE: Path = { action: "login", machine: true };
const CONSOLE: Path = { action: "login", machine: false };
const CHANGE: Path = { action: "password.change", machine: false };

/** Somebody whose password was right, and whose account is live. */
interface Shown {
  readonly vouched: Vouched;
  readonly known: Known;
}

interface PasswordParts {
  /** In the order in which they are asked. */
  readonly providers: readonly PasswordProvider[];
  readonly reads: PasswordReads;
  readonly actors: Actors;
  readonly rechecks: Rechecks;
  readonly throttle: Throttle;
  readonly journal: LoginJournal;
  readonly remembered: RememberedPasswords;
}

/** What cannot be a name and password: no provider is asked, and nothing is hashed. */
function isHopeless(name: string, password: string): boolean {
  if (name === "" || name.length > LONGEST_NAME) return true;
  // An empty one makes some directories answer "yes" (RFC 4513 section 5.1.2).
  if (password === "" || Buffer.byteLength(password) > LONGEST_PASSWORD) return true;
  // No name has a NUL, and PostgreSQL takes none as a parameter.
  return name.includes("\0") || password.includes("\0") || claimsToBeSecret(password);
}

/** Logins by name and password: throttled before anything is hashed, and recorded. */
export class PasswordLogins {
  readonly #parts: PasswordParts;
  readonly #underway = new Map<string, Promise<Shown>>();

  constructor(parts: PasswordParts) {
    this.#parts = parts;
  }

  /** See `Identity.basic`. */
  async machine(name: string, password: string, presence: Presence): Promise<Actor> {
    const { throttle, journal } = this.#parts;
    const { vouched, known } = await this.#shown(name, password, presence, MACHINE);
    const actor = { ...actorOf(known, presence.address), claims: vouched.claims };
    const subjects = throttle.subjects(name, sourceOf(presence.address));
    const often = !(await throttle.hasFailures(subjects));
    await journal.done(actor, presence, { provider: vouched.provider }, { often, subjects });
    return actor;
  }

  /** See `Identity.checkPassword`. */
  async console(name: string, password: string, presence: Presence): Promise<Vouched> {
    const { throttle, journal } = this.#parts;
    const { vouched, known } = await this.#shown(name, password, presence, CONSOLE);
    const subjects = throttle.subjects(name, sourceOf(presence.address));
    const details = { provider: vouched.provider, secondFactorOwed: known.secondFactor };
    const actor = actorOf(known, presence.address);
    await journal.done(actor, presence, details, { often: false, subjects });
    return vouched;
  }

  /** That the person who changes a password knows the one of now. Throws as a login does. */
  async confirm(name: string, password: string, presence: Presence): Promise<void> {
    await this.#shown(name, password, presence, CHANGE);
  }

  /** Clients open many connections at once: equal questions share one answer. */
  #shown(name: string, password: string, presence: Presence, path: Path): Promise<Shown> {
    const print = this.#parts.remembered.print(name, password, sourceOf(presence.address));
    const question = `${path.action}\0${path.machine}\0${print}`;
    const asked = this.#underway.get(question);
    if (asked !== undefined) return asked;
    const answer = this.#show(name, password, presence, path, print).finally(() => {
      this.#underway.delete(question);
    });
    this.#underway.set(question, answer);
    return answer;
  }

  async #show(
    name: string,
    password: string,
    presence: Presence,
    path: Path,
    print: string,
  ): Promise<Shown> {
    const { reads, throttle, journal, remembered } = this.#parts;
    const attempt: Attempt = { action: path.action, name, principalId: null, presence };
    const subjects = throttle.subjects(name, sourceOf(presence.address));
    const early = await throttle.pairPause(subjects);
    if (early > 0) throw await journal.early(attempt, early, subjects.pair);
    const right = remembered.get(print);
    if (right !== undefined) {
      const shown = await this.#judge(right.vouched, path);
      if (typeof shown !== "string" && shown.known.generation === right.generation) return shown;
    }
    const isAdministrator = async () => (await reads.account(name))?.administrator === 1;
    const begun = await throttle.begin(subjects, isAdministrator);
    if (typeof begun === "number") throw await journal.early(attempt, begun, subjects.pair);
    try {
      const shown = await this.#ask(name, password, presence, path);
      if (typeof shown !== "string") {
        remembered.keep(print, shown.vouched, shown.known.generation);
        return shown;
      }
      const row = isHopeless(name, password) ? undefined : await reads.account(name);
      const reason = shown === "wrong" && row === undefined ? "unknown_name" : shown;
      const known: Attempt = { ...attempt, principalId: row?.id ?? null };
      throw await journal.refused(known, reason, throttle.counted(subjects));
    } finally {
      begun();
    }
  }

  /** Asks the providers in order; gives the reason where nobody vouches or the account is closed. */
  async #ask(
    name: string,
    password: string,
    presence: Presence,
    path: Path,
  ): Promise<Shown | string> {
    if (isHopeless(name, password)) return "malformed";
    for (const provider of this.#parts.providers) {
      const vouched = await provider.check(name, password, presence);
      if (vouched === undefined) continue;
      this.#parts.rechecks.vouched(vouched.principalId);
      return await this.#judge(vouched, path);
    }
    return "wrong";
  }

  async #judge(vouched: Vouched, path: Path): Promise<Shown | string> {
    const known = await this.#parts.actors.live(vouched.principalId, false);
    if (typeof known === "string") return known;
    // An account has one origin, and nobody else vouches for it (A42).
    if (known.origin !== vouched.provider) return "origin";
    if (path.machine && known.secondFactor) return "second_factor_needed";
    return { vouched, known };
  }
}
