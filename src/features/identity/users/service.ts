import { randomBytes } from "node:crypto";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { change, type IdentityContext } from "../context.ts";
import type { PasswordLogins } from "../login/passwords.ts";
import { pageAfter, pageOf, pageSize } from "../page.ts";
import type { PasswordHasher } from "../passwords/local.ts";
import { checkStrength } from "../passwords/strength.ts";
import type { Presence } from "../presence.ts";
import { checkText } from "../texts.ts";
import { isName, isNamePrefix, isReserved, MOST_NAME } from "./rules.ts";
import { setAdministrator, setPassword, updateUser } from "./store/change.ts";
import { createUser } from "./store/create.ts";
import {
  deletePrincipal,
  disablePrincipal,
  enablePrincipal,
  restorePrincipal,
} from "./store/life.ts";
import { principalReads } from "./store/read.ts";
import type { PrincipalRow } from "./store/rows.ts";
import type { User, Users } from "./user.ts";

const LONGEST = { displayName: 128, email: 254, description: 512 } as const;

/** A password of 144 random bits, for somebody to type once. */
export function randomPassword(): string {
  return randomBytes(18).toString("base64url");
}

export function stateOf(row: PrincipalRow): User["state"] {
  if (row.deleted_at !== null) return "deleted";
  return row.disabled_at === null ? "active" : "disabled";
}

function userView(row: PrincipalRow): User {
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    email: row.email,
    description: row.description,
    origin: row.origin,
    administrator: row.administrator === 1,
    mustChangePassword: row.must_change_password === 1,
    state: stateOf(row),
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    deletedAt: row.deleted_at,
    lastLoginAt: row.last_login_at,
    version: row.version,
  };
}

/** Checks what the name of a new user is. Throws `identity.name_invalid`, `identity.name_reserved`. */
function checkUserName(name: string): void {
  if (!isName(name)) {
    throw failure("identity.name_invalid", { name: name.slice(0, 80), limit: MOST_NAME });
  }
  if (isReserved(name)) throw failure("identity.name_reserved", { name });
}

/** Checks a prefix to filter names by. Throws `identity.filter_invalid`. */
export function checkPrefix(prefix: string | undefined): string {
  if (prefix === undefined) return "";
  if (!isNamePrefix(prefix)) throw failure("identity.filter_invalid", { field: "prefix" });
  return prefix;
}

/** Makes the service of people's accounts; see `Users`. */
export function openUsers(
  context: IdentityContext,
  logins: PasswordLogins,
  hasher: PasswordHasher,
): Users {
  const reads = principalReads(context.db);

  async function find(id: string): Promise<PrincipalRow> {
    const row = await reads.find("user", id);
    if (row === undefined) throw failure("identity.unknown", { kind: "user", id });
    return row;
  }

  async function live(id: string): Promise<PrincipalRow> {
    const row = await find(id);
    if (row.deleted_at !== null) throw failure("identity.unknown", { kind: "user", id });
    return row;
  }

  /** The verifier of the password, and the password where it was made here. */
  async function secretFor(name: string, given: string | undefined) {
    if (given !== undefined) checkStrength(given, name);
    const random = given === undefined ? randomPassword() : null;
    return { random, verifier: await hasher.hash(given ?? random ?? "") };
  }

  /** A wrong one is told apart from a session that is over. */
  async function confirm(name: string, old: string, presence: Presence): Promise<void> {
    try {
      await logins.confirm(name, old, presence);
    } catch (error) {
      const isWrong = error instanceof Failure && error.code === "access.bad_credentials";
      throw isWrong ? failure("identity.password_wrong", {}, error) : error;
    }
  }

  return {
    async create(by, input) {
      const { name, password } = input;
      checkUserName(name);
      const texts = {
        displayName: checkText("displayName", input.displayName, LONGEST.displayName),
        email: checkText("email", input.email, LONGEST.email),
        description: checkText("description", input.description, LONGEST.description),
      };
      const { random, verifier } = await secretFor(name, password);
      const mustChange = input.mustChangePassword ?? random !== null;
      const args = { name, verifier, mustChange, ...texts };
      const row = await change(context, by, createUser, args);
      return { user: userView(row), password: random };
    },

    async update(by, id, asked, version) {
      // Field by field (A30): what else the object holds is nothing to us.
      const { displayName, email, description } = asked;
      const fields = {
        ...(displayName === undefined
          ? {}
          : { display_name: checkText("displayName", displayName, LONGEST.displayName) }),
        ...(email === undefined ? {} : { email: checkText("email", email, LONGEST.email) }),
        ...(description === undefined
          ? {}
          : { description: checkText("description", description, LONGEST.description) }),
      };
      const args = { id, version: version ?? null, change: fields };
      return userView(await change(context, by, updateUser, args));
    },

    async setAdministrator(by, id, administrator, version) {
      const args = { id, version: version ?? null, administrator };
      return userView(await change(context, by, setAdministrator, args));
    },

    async disable(by, id) {
      return userView(await change(context, by, disablePrincipal, { kind: "user", id }));
    },

    async enable(by, id) {
      return userView(await change(context, by, enablePrincipal, { kind: "user", id }));
    },

    async delete(by, id) {
      return userView(await change(context, by, deletePrincipal, { kind: "user", id }));
    },

    async restore(by, id) {
      try {
        return userView(await change(context, by, restorePrincipal, { kind: "user", id }));
      } catch (error) {
        // Somebody may have taken the name between the look and the write.
        const { name } = await find(id);
        const other = await reads.named("user", name);
        if (other === undefined || other.id === id) throw error;
        throw failure("identity.name_taken", { name }, error);
      }
    },

    async get(id) {
      return userView(await find(id));
    },

    async named(name) {
      const row = isName(name) ? await reads.named("user", name) : undefined;
      if (row === undefined) {
        throw failure("identity.unknown", { kind: "user", id: name.slice(0, 80) });
      }
      return userView(row);
    },

    async list({ order = "id", after, limit, prefix, origin, administrator, state }) {
      const size = pageSize(limit);
      const rows = await reads.list({
        kind: "user",
        order,
        after: pageAfter(after),
        limit: size + 1,
        prefix: checkPrefix(prefix),
        state: state ?? null,
        origin,
        administrator,
      });
      const { items, next } = pageOf(rows, size);
      return { items: items.map(userView), next };
    },

    async changePassword(by, id, words, presence) {
      const { name, origin } = await live(id);
      if (origin !== "local") {
        throw failure("identity.password_elsewhere", { name, provider: origin });
      }
      await confirm(name, words.old, presence);
      checkStrength(words.new, name);
      const verifier = await hasher.hash(words.new);
      const args = { id, verifier, mustChange: false, own: true };
      await change(context, by, setPassword, args);
    },

    async setPassword(by, id, { password, mustChange = true }) {
      const { name } = await live(id);
      const { random, verifier } = await secretFor(name, password);
      await change(context, by, setPassword, { id, verifier, mustChange, own: false });
      return { password: random };
    },
  };
}
