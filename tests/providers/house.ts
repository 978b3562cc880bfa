import { loginProviders, type ProviderConfig } from "../../src/config/providers.ts";
import { systemDoer } from "../../src/features/audit/entry.ts";
import { type Audit, openAudit } from "../../src/features/audit/service.ts";
import type { Presence } from "../../src/features/identity/presence.ts";
import type { OutboundFetch } from "../../src/features/identity/providers/oidc/issuer.ts";
import { openProviders, type Providers } from "../../src/features/identity/providers/providers.ts";
import type { PasswordProvider } from "../../src/features/identity/providers-port.ts";
import { Revision } from "../../src/features/identity/revision/revision.ts";
import { deletePrincipal, disablePrincipal } from "../../src/features/identity/users/store/life.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { Failure } from "../../src/kernel/errors/catalogue.ts";
import { newId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { Database, Parameter } from "../../src/platform/database/port.ts";
import type { Schema } from "../../src/platform/database/schema/schema.ts";
import { openKeyring } from "../../src/platform/sealing/keyring.ts";
import type { LogFields, Logger } from "../../src/platform/telemetry/telemetry.ts";
import { freshDatabase, openFresh } from "../support/database.ts";
import { insertRows } from "../support/rows.ts";

const writerWithTests = new URL("../support/writer.ts", import.meta.url);

export const here: Presence = { address: "192.0.2.7", requestId: "r1", userAgent: "test" };

interface Line {
  readonly level: string;
  readonly fields: LogFields;
  readonly message: string;
}

/** Login providers on a real database, with the real audit log. */
export interface House {
  readonly db: Database;
  readonly clock: ManualClock;
  readonly providers: Providers;
  readonly audit: Audit;
  readonly revision: Revision;
  /** What was logged. */
  readonly lines: Line[];
  /** The provider of that name among those that take passwords. */
  password(name: string): PasswordProvider;
  /** A group of ours that is linked to groups of a provider; gives its id. */
  group(name: string, provider?: string, ...externalNames: string[]): Promise<string>;
  /** An account of our own; gives its id. */
  local(name: string): Promise<string>;
  insert(table: keyof Schema, row: Readonly<Record<string, Parameter>>): Promise<void>;
  /** Names of the groups that the account is in, with whose word it is. */
  groupsOf(principalId: string): Promise<string[]>;
  /** Reasons of the refused logins in the audit log, oldest first. */
  denials(): Promise<(string | null)[]>;
  close(): Promise<void>;
}

/**
 * The code of the refusal that `work` ends with. The test library's own `rejects` waits inside of
 * one turn of the event loop, where an answer of the writer's thread may never come.
 */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "no refusal";
  } catch (error) {
    return error instanceof Failure ? error.code : String(error);
  }
}

const ended = { disabled: disablePrincipal, deleted: deletePrincipal };

/** Disables or deletes an account, as an administrator does. */
export async function end(house: House, id: string, how: keyof typeof ended): Promise<void> {
  const witness = house.audit.witness(systemDoer);
  await house.db.write(ended[how], { kind: "user", id, witness });
  await house.revision.changed();
}

/** The configuration as the loader would read it. Throws what it finds wrong. */
export function configured(entries: readonly unknown[]): readonly ProviderConfig[] {
  const read = loginProviders().schema.safeParse(entries);
  if (read.success) return read.data;
  throw new Error(read.error.issues.map((issue) => issue.message).join("; "));
}

function gathering(lines: Line[]): Logger {
  const at = (level: string) => (fields: LogFields, message: string) => {
    lines.push({ level, fields, message });
  };
  const [debug, info, warn, error, fatal] = ["debug", "info", "warn", "error", "fatal"].map(at);
  const logger = { debug, info, warn, error, fatal, child: () => logger } as Logger;
  return logger;
}

export async function openHouse(
  entries: readonly unknown[],
  { fetch: call = (url, init) => fetch(url, init) }: { readonly fetch?: OutboundFetch } = {},
): Promise<House> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, writerWithTests);
  const clock = new ManualClock(Date.now());
  const keyring = openKeyring([new Secret("0123456789abcdef0123456789abcdef")]);
  const lines: Line[] = [];
  const logger = gathering(lines);
  const settings = { pulls: "each" } as const;
  const audit = await openAudit({ db, clock, keyring, settings, logger });
  const revision = new Revision(db, clock);
  const providers = openProviders({
    ...{ configs: configured(entries), db, clock, revision, audit, keyring, logger, fetch: call },
    callbackPath: (provider) => `/auth/${provider}/callback`,
  });

  const insert: House["insert"] = (table, row) => db.write(insertRows, { table, rows: [row] });
  return {
    ...{ db, clock, providers, audit, revision, lines, insert },
    password(name) {
      const found = providers.passwords.find((each) => each !== "local" && each.name === name);
      if (found === undefined || found === "local") throw new Error(`no provider ${name}`);
      return found;
    },
    async group(name, provider = "", ...externalNames) {
      const id = newId();
      const times = { created_at: clock.now(), deleted_at: null };
      await insert("groups", { id, name, description: null, version: 1, ...times });
      for (const external_name of externalNames) {
        await insert("group_links", { group_id: id, provider, external_name });
      }
      return id;
    },
    async local(name) {
      const id = newId();
      const times = { created_at: clock.now(), disabled_at: null, deleted_at: null };
      await insert("principals", { id, kind: "user", name, administrator: 0, ...times });
      return id;
    },
    async groupsOf(principalId) {
      const rows = await db.read
        .selectFrom("group_members as m")
        .innerJoin("groups as g", "g.id", "m.group_id")
        .select(["g.name", "m.origin"])
        .where("m.principal_id", "=", principalId)
        .orderBy("g.name")
        .execute();
      return rows.map((row) => `${row.name} (${row.origin})`);
    },
    async denials() {
      const rows = await db.read
        .selectFrom("audit")
        .select("reason")
        .where("action", "=", "login")
        .where("result", "=", "denied")
        .orderBy("chain")
        .orderBy("seq")
        .execute();
      return rows.map((row) => row.reason);
    },
    async close() {
      await providers.close();
      revision.close();
      await audit.close();
      await db.close();
      await fresh.drop();
    },
  };
}
