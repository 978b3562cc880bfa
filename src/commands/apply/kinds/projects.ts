import { z } from "zod";
import { path } from "../../../client/rest.ts";
import { RestProblem } from "../../../client/rest-fault.ts";
import { read } from "../../remote/remote.ts";
import { asSet } from "../fields.ts";
import type { Present, Section } from "../model.ts";
import { chosen, type Kind } from "./kind.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  public: z.boolean(),
  networks: z.array(z.string()).nullable(),
  version: z.number(),
});

function presentOf(section: Section, body: unknown): Present {
  const { id, name, description, public: isPublic, networks, version } = read(shape, body);
  const set = networks === null ? null : asSet(networks);
  const fields = { description, public: isPublic, networks: set };
  return { section, key: name, label: name, fields, id, version };
}

export const projects: Kind = {
  async *read(rest, section, names) {
    if (names === undefined) {
      for await (const item of rest.list("/projects")) yield presentOf(section, item);
      return;
    }
    for (const name of names) {
      try {
        yield presentOf(section, await rest.call("GET", path`/projects/${name}`));
      } catch (error) {
        if (!(error instanceof RestProblem) || error.status !== 404) throw error;
      }
    }
  },
  async create({ rest }, { key, fields }) {
    const { description, public: isPublic, networks } = fields;
    const body = { name: key, description, public: isPublic };
    const made = read(shape, await rest.call("POST", "/projects", { body }));
    if (networks === undefined || networks === null) return;
    const { version } = made;
    await rest.call("PATCH", path`/projects/${key}`, { body: { networks }, version });
  },
  async update({ rest }, wanted, { key, version }, fields) {
    const body = chosen(wanted, fields);
    await rest.call("PATCH", path`/projects/${key}`, { body, version: version ?? undefined });
  },
  async remove() {
    throw new Error("projects are never removed");
  },
};
