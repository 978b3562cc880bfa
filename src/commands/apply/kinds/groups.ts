import { z } from "zod";
import { path, type RestClient } from "../../../client/rest.ts";
import { groupId, robot, userId } from "../../remote/find.ts";
import { read } from "../../remote/remote.ts";
import type { Present, Section } from "../model.ts";
import { chosen, type Kind } from "./kind.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  version: z.number(),
});
const memberShape = z.object({ id: z.string(), name: z.string(), origins: z.array(z.string()) });

function presentOf(section: Section, body: unknown): Present {
  const { id, name, description, version } = read(shape, body);
  return { section, key: name, label: name, fields: { description }, id, version };
}

/** The group itself; undefined when there is none. */
async function named(rest: RestClient, section: Section, name: string) {
  // The filter is over what names begin with.
  for await (const item of rest.list("/groups", { name })) {
    const found = presentOf(section, item);
    if (found.key === name) return found;
  }
  return undefined;
}

export const groups: Kind = {
  async *read(rest, section, names) {
    if (names === undefined) {
      for await (const item of rest.list("/groups")) yield presentOf(section, item);
      return;
    }
    for (const name of names) {
      const found = await named(rest, section, name);
      if (found !== undefined) yield found;
    }
  },
  async create({ rest }, { key, fields: { description } }) {
    await rest.call("POST", "/groups", { body: { name: key, description } });
  },
  async update({ rest }, wanted, { id, version }, fields) {
    const body = chosen(wanted, fields);
    await rest.call("PATCH", path`/groups/${id}`, { body, version: version ?? undefined });
  },
  async remove() {
    throw new Error("groups are never removed");
  },
};

/** The local members: what a login provider says is changed there. */
export const groupMembers: Kind = {
  async *read(rest, section) {
    const group = await named(rest, section, section.group ?? "");
    if (group === undefined) return;
    for await (const item of rest.list(path`/groups/${group.id}/members`)) {
      const { id, name, origins } = read(memberShape, item);
      if (!origins.includes("local")) continue;
      yield { section, key: name, label: name, fields: {}, id, version: null };
    }
  },
  async create({ rest }, { section, key }) {
    const group = await groupId(rest, section.group ?? "");
    const isRobot = key.startsWith("robot+");
    const id = isRobot ? (await robot(rest, key, undefined)).id : await userId(rest, key);
    await rest.call("PUT", path`/groups/${group}/members/${id}`);
  },
  async update() {
    throw new Error("a membership has nothing that could change");
  },
  async remove({ rest }, { section, id }) {
    const group = await groupId(rest, section.group ?? "");
    await rest.call("DELETE", path`/groups/${group}/members/${id}`);
  },
};
