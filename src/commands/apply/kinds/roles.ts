import { z } from "zod";
import { path, type RestClient } from "../../../client/rest.ts";
import { Complaint, EXIT } from "../../remote/complaint.ts";
import { under } from "../../remote/find.ts";
import { printable } from "../../remote/printable.ts";
import { read } from "../../remote/remote.ts";
import { asSet, isBuiltIn } from "../fields.ts";
import { chosen, type Kind } from "./kind.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  description: z.object({ en: z.string() }).nullable(),
  builtIn: z.boolean(),
  projectId: z.string().nullable(),
  permissions: z.array(z.string()),
  secondFactor: z.boolean(),
  version: z.number(),
});
type Role = z.output<typeof shape>;

/** The roles of somebody's own that can be given in a place: the project's before the others. */
async function givable(rest: RestClient, project: string | null): Promise<Role[]> {
  const own: Role[] = [];
  const others: Role[] = [];
  for await (const item of rest.list(`${under(project ?? undefined)}/roles`)) {
    const role = read(shape, item);
    if (role.builtIn) continue;
    if ((role.projectId !== null) === (project !== null)) own.push(role);
    else others.push(role);
  }
  return [...own, ...others];
}

/** The id of a role by its name or id. Throws `Complaint`. */
export async function roleIdOf(
  rest: RestClient,
  name: string,
  project: string | null,
): Promise<string> {
  if (isBuiltIn(name)) return name;
  const roles = await givable(rest, project);
  const found = roles.find((role) => role.name === name) ?? roles.find(({ id }) => id === name);
  if (found !== undefined) return found.id;
  const shown = printable(name);
  throw new Complaint(EXIT.unknown, {
    en: `there is no role ${shown}`,
    zh: `不存在角色 ${shown}`,
  });
}

/** How roles are called here, by id: one that shares its name with a nearer one, by its id. */
export async function roleNames(
  rest: RestClient,
  project: string | null,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id, name } of await givable(rest, project)) {
    names.set(id, taken.has(name) ? id : name);
    taken.add(name);
  }
  return names;
}

export const roles: Kind = {
  async *read(rest, section) {
    for await (const item of rest.list(`${under(section.project ?? undefined)}/roles`)) {
      const { id, name, description, permissions, secondFactor, ...role } = read(shape, item);
      if (role.builtIn || (role.projectId === null) !== (section.project === null)) continue;
      const said = description?.en ?? null;
      const fields = { permissions: asSet(permissions), secondFactor, description: said };
      yield { section, key: name, label: name, fields, id, version: role.version };
    }
  },
  async create({ rest }, { section, key, fields }) {
    const body = { name: key, ...fields };
    await rest.call("POST", `${under(section.project ?? undefined)}/roles`, { body });
  },
  async update({ rest }, wanted, { section, id, version }, fields) {
    const target = `${under(section.project ?? undefined)}${path`/roles/${id}`}`;
    const body = chosen(wanted, fields);
    await rest.call("PATCH", target, { body, version: version ?? undefined });
  },
  async remove({ rest }, { section, id, version }) {
    const target = `${under(section.project ?? undefined)}${path`/roles/${id}`}`;
    await rest.call("DELETE", target, { version: version ?? undefined });
  },
};
