import type { Database } from "../../../platform/database/port.ts";
import type { BindingSubject } from "../../../platform/database/schema/access.ts";
import type { Binding } from "../bindings/binding.ts";
import { builtInRole } from "../roles/built-in.ts";

/** The bindings to list; what is undefined is not asked about. */
export interface BindingFilter {
  /** Null for those of the system; undefined for those of everywhere that is live. */
  readonly projectId?: string | null;
  readonly id?: string;
  readonly subject?: { readonly kind: BindingSubject; readonly id: string };
  readonly role?: string;
}

/** The reads of bindings, with the names of what they are about. */
export function bindingReads(db: Database) {
  function query() {
    return db.read
      .selectFrom("bindings as b")
      .leftJoin("roles as r", "r.id", "b.role")
      .leftJoin("projects as p", "p.id", "b.project_id")
      .leftJoin("principals as n", (join) =>
        join
          .onRef("n.id", "=", "b.subject_id")
          .on("b.subject_kind", "=", "principal")
          .on("n.deleted_at", "is", null),
      )
      .leftJoin("groups as g", (join) =>
        join
          .onRef("g.id", "=", "b.subject_id")
          .on("b.subject_kind", "=", "group")
          .on("g.deleted_at", "is", null),
      )
      .selectAll("b")
      .select(["r.name as role_name", "n.name as principal_name", "g.name as group_name"])
      .where("p.deleted_at", "is", null);
  }

  type Row = Awaited<ReturnType<ReturnType<typeof query>["execute"]>>[number];

  function bindingOf(row: Row): Binding {
    return {
      id: row.id,
      subject: {
        kind: row.subject_kind,
        id: row.subject_id === "" ? null : row.subject_id,
        name: row.principal_name ?? row.group_name,
      },
      role: row.role,
      roleName: builtInRole(row.role)?.name ?? row.role_name ?? row.role,
      scope: row.scope,
      projectId: row.project_id,
      repositories: row.repository_pattern,
      tags: row.tag_pattern,
      condition: row.condition,
      expiresAt: row.expires_at,
      createdAt: row.created_at,
      createdBy: row.created_by,
      version: row.version,
    };
  }

  return {
    /** By id, after `after` ("" for the first page). */
    async page(filter: BindingFilter, after: string, limit: number): Promise<Binding[]> {
      let rows = query().where("b.id", ">", after).orderBy("b.id").limit(limit);
      const { projectId, id, subject, role } = filter;
      if (projectId === null) rows = rows.where("b.project_id", "is", null);
      else if (projectId !== undefined) rows = rows.where("b.project_id", "=", projectId);
      if (id !== undefined) rows = rows.where("b.id", "=", id);
      if (role !== undefined) rows = rows.where("b.role", "=", role);
      if (subject !== undefined) {
        rows = rows
          .where("b.subject_id", "=", subject.id)
          .where("b.subject_kind", "=", subject.kind);
      }
      return (await rows.execute()).map(bindingOf);
    },
  };
}
