import { failure } from "../../../kernel/errors/catalogue.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import type { RolesTable } from "../../../platform/database/schema/access.ts";
import { pageOf, pageSize } from "../../identity/page.ts";
import { type Change, changer, type RightsContext } from "../../projects/change.ts";
import { parseDescription } from "../../projects/rules.ts";
import type { Acting } from "../acting.ts";
import type { Grants } from "../grants.ts";
import { createRole, deleteRole, roleReads, updateRole } from "../store/roles.ts";
import { builtInRole, builtInRoles } from "./built-in.ts";
import type { Role, Roles } from "./role.ts";
import { parsePermissions, parseRoleName, permissionsOf } from "./rules.ts";

function ofBuiltIn(name: string): Role | undefined {
  const role = builtInRole(name);
  if (role === undefined) return undefined;
  const { title, description, permissions } = role;
  const always = { builtIn: true, projectId: null, secondFactor: false, createdAt: null };
  return { id: name, name, title, description, permissions, version: 1, ...always };
}

function ofRow(row: RolesTable): Role {
  const { id, name, description } = row;
  return {
    id,
    name,
    title: { en: name, zh: name },
    description: description === null ? null : { en: description, zh: description },
    builtIn: false,
    projectId: row.project_id,
    permissions: permissionsOf(row.permissions),
    secondFactor: row.second_factor === 1,
    createdAt: row.created_at,
    version: row.version,
  };
}

const isBuiltIn = (name: string) => builtInRole(name) !== undefined;

/** Opens the roles. */
export function openRoles(context: RightsContext, grants: Grants): Roles {
  const reads = roleReads(context.db);
  const change: Change = changer(context);

  async function get(projectId: string | null, id: string): Promise<Role> {
    const builtIn = ofBuiltIn(id);
    if (builtIn !== undefined) return builtIn;
    const row = await reads.get(id);
    if (row === undefined || (row.project_id !== null && row.project_id !== projectId)) {
      throw failure("role.unknown", { role: excerpt(id) });
    }
    return ofRow(row);
  }

  /** One that can be changed from there: neither built in nor another scope's. */
  async function own(projectId: string | null, id: string): Promise<Role> {
    const role = await get(projectId, id);
    if (role.builtIn) throw failure("role.built_in", { role: role.name });
    if (role.projectId !== projectId) throw failure("role.unknown", { role: excerpt(id) });
    return role;
  }

  function refuseMore(
    { actor }: Acting,
    projectId: string | null,
    permissions: readonly string[],
    secondFactor: boolean,
  ): Promise<void> {
    return grants.refuseMore(actor, {
      permissions,
      secondFactor,
      scope: projectId === null ? "system" : "project",
      projectId,
      repositories: null,
      tags: null,
      condition: null,
      expiresAt: null,
    });
  }

  return {
    get,
    async create(by, projectId, input) {
      const name = parseRoleName(input.name, isBuiltIn);
      const description = parseDescription(input.description);
      const permissions = parsePermissions(input.permissions, projectId !== null);
      const secondFactor = input.secondFactor === true;
      await refuseMore(by, projectId, permissions, secondFactor);
      const args = { projectId, name, description, permissions, secondFactor };
      return get(projectId, await change(createRole, by.doer, args));
    },
    async update(by, projectId, id, wanted, version) {
      const role = await own(projectId, id);
      const permissions = parsePermissions(
        wanted.permissions ?? role.permissions,
        projectId !== null,
      );
      const secondFactor = wanted.secondFactor ?? role.secondFactor;
      const description =
        wanted.description === undefined
          ? (role.description?.en ?? null)
          : parseDescription(wanted.description);
      // What it allowed before is not given by this change, unless it asks for less from now on.
      const isLooser = role.secondFactor && !secondFactor;
      const given = permissions.filter((each) => isLooser || !role.permissions.includes(each));
      await refuseMore(by, projectId, given, secondFactor);
      const seen = version ?? role.version;
      const args = { projectId, id, version: seen, description, permissions, secondFactor };
      await change(updateRole, by.doer, args);
      return get(projectId, id);
    },
    async delete(by, projectId, id, version) {
      await own(projectId, id);
      await change(deleteRole, by.doer, { projectId, id, version: version ?? null });
    },
    async list(projectId, { after = null, limit }) {
      const size = pageSize(limit);
      const from = builtInRoles.findIndex(({ name }) => name === after) + 1;
      const isAmongBuiltIn = after === null || from > 0;
      const fixed = isAmongBuiltIn
        ? builtInRoles.slice(from).flatMap(({ name }) => ofBuiltIn(name) ?? [])
        : [];
      const rows = await reads.page(projectId, isAmongBuiltIn ? "" : (after ?? ""), size + 1);
      return pageOf([...fixed, ...rows.map(ofRow)], size);
    },
  };
}
