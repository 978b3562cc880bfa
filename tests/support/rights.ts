import { newId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/platform/database/port.ts";
import { insertRows } from "./rows.ts";

/** A project that is there before the program starts. */
export interface ProjectSeed {
  readonly name: string;
  readonly public?: boolean;
  /** From where it can be used; everywhere, unless said. */
  readonly networks?: readonly string[];
}

/** Who has which role where. */
export interface BindingSeed {
  /** An account's name, `everyone` or `authenticated`. */
  readonly to: string;
  /** A built-in role. */
  readonly role: string;
  /** A project's name; the whole installation, unless said. */
  readonly on?: string;
  /** A glob over what follows `project/`. */
  readonly repositories?: string;
  readonly tags?: string;
  readonly condition?: string;
}

const EVERYBODY = new Set(["everyone", "authenticated"]);

function idOf(ids: ReadonlyMap<string, string>, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`nobody and nothing is called ${name}`);
  return id;
}

/** Writes projects; gives their ids by name. */
export async function addProjects(
  db: Database,
  projects: readonly ProjectSeed[],
): Promise<Map<string, string>> {
  const ids = new Map(projects.map(({ name }) => [name, newId()]));
  const rows = projects.map(({ name, public: isPublic = false, networks }) => ({
    id: idOf(ids, name),
    name,
    created_at: Date.now(),
    deleted_at: null,
    untagged_after: null,
    public: isPublic ? 1 : 0,
    addresses: networks === undefined ? null : JSON.stringify(networks),
  }));
  if (rows.length > 0) await db.write(insertRows, { table: "projects", rows });
  return ids;
}

/** Writes bindings of accounts and in projects, whose ids are given by name. */
export async function addBindings(
  db: Database,
  bindings: readonly BindingSeed[],
  ids: {
    readonly accounts: ReadonlyMap<string, string>;
    readonly projects: ReadonlyMap<string, string>;
  },
): Promise<void> {
  const rows = bindings.map(({ to, role, on, repositories, tags, condition }) => ({
    id: newId(),
    subject_kind: EVERYBODY.has(to) ? to : "principal",
    subject_id: EVERYBODY.has(to) ? "" : idOf(ids.accounts, to),
    role,
    scope: on === undefined ? "system" : repositories === undefined ? "project" : "repository",
    project_id: on === undefined ? null : idOf(ids.projects, on),
    repository_pattern: repositories ?? null,
    tag_pattern: tags ?? null,
    condition: condition ?? null,
    expires_at: null,
    created_at: Date.now(),
    created_by: "test",
    version: 1,
  }));
  if (rows.length > 0) await db.write(insertRows, { table: "bindings", rows });
}
