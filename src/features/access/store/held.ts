import type { Database } from "../../../platform/database/port.ts";
import type { BindingScope, BindingSubject } from "../../../platform/database/schema/access.ts";

/** A binding with its role, as decisions need it. */
export interface HeldRow {
  readonly id: string;
  readonly subject_kind: BindingSubject;
  readonly subject_id: string;
  readonly role: string;
  readonly scope: BindingScope;
  readonly project_id: string | null;
  readonly repository_pattern: string | null;
  readonly tag_pattern: string | null;
  readonly condition: string | null;
  readonly expires_at: number | null;
  /** Of a custom role; null for a built-in one, or one that is there no more. */
  readonly role_name: string | null;
  readonly role_project: string | null;
  readonly permissions: string | null;
  readonly second_factor: number | null;
}

/** What decisions know of a project, as it is stored. */
export interface FactsRow {
  readonly id: string;
  readonly name: string;
  readonly public: number;
  readonly addresses: string | null;
}

/** The reads that decisions are made from, compiled once. */
export function heldReads(db: Database) {
  const bindings = db.prepare((q, p: { kind: string; id: string }) =>
    q
      .selectFrom("bindings as b")
      .leftJoin("roles as r", (join) =>
        join.onRef("r.id", "=", "b.role").on("r.deleted_at", "is", null),
      )
      .select([
        "b.id",
        "b.subject_kind",
        "b.subject_id",
        "b.role",
        "b.scope",
        "b.project_id",
        "b.repository_pattern",
        "b.tag_pattern",
        "b.condition",
        "b.expires_at",
        "r.name as role_name",
        "r.project_id as role_project",
        "r.permissions",
        "r.second_factor",
      ])
      .where("b.subject_kind", "=", p.kind as BindingSubject)
      .where("b.subject_id", "=", p.id)
      .orderBy("b.id")
      .$castTo<HeldRow>()
      .compile(),
  );
  const project = db.prepare((q, p: { name: string }) =>
    q
      .selectFrom("projects")
      .select(["id", "name", "public", "addresses"])
      .where("name", "=", p.name)
      .where("deleted_at", "is", null)
      .$castTo<FactsRow>()
      .compile(),
  );
  const open = db.prepare((q, p: { limit: number }) =>
    q
      .selectFrom("projects")
      .select("id")
      .where("public", "=", 1)
      .where("deleted_at", "is", null)
      .limit(p.limit)
      .compile(),
  );
  return {
    /** Ids of some public projects. */
    async publicProjects(limit: number): Promise<string[]> {
      return (await open({ limit })).map(({ id }) => id);
    },
    /** The bindings of one subject itself; `id` is "" for `authenticated` and `everyone`. */
    bindings: (kind: BindingSubject, id: string): Promise<HeldRow[]> => bindings({ kind, id }),
    /** The live project of that name. */
    async project(name: string): Promise<FactsRow | undefined> {
      return (await project({ name }))[0];
    },
  };
}

export type HeldReads = ReturnType<typeof heldReads>;
