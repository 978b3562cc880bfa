import { z } from "zod";
import { path } from "../../../client/rest.ts";
import { under } from "../../remote/find.ts";
import { read } from "../../remote/remote.ts";
import { asSet } from "../fields.ts";
import type { Section } from "../model.ts";
import { chosen, type Kind } from "./kind.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  repositories: z.string(),
  tags: z.string(),
  exceptTags: z.array(z.string()),
  version: z.number(),
});

const listOf = ({ project }: Section) => `${under(project ?? undefined)}/immutability-rules`;

export const immutabilityRules: Kind = {
  async *read(rest, section) {
    for await (const item of rest.list(listOf(section))) {
      const { id, name, repositories, tags, exceptTags, version } = read(shape, item);
      const fields = { repositories, tags, exceptTags: asSet(exceptTags) };
      yield { section, key: name, label: name, fields, id, version };
    }
  },
  async create({ rest }, { section, key, fields }) {
    await rest.call("POST", listOf(section), { body: { name: key, ...fields } });
  },
  async update({ rest }, wanted, { section, id, version }, fields) {
    const target = `${listOf(section)}${path`/${id}`}`;
    await rest.call("PATCH", target, {
      body: chosen(wanted, fields),
      version: version ?? undefined,
    });
  },
  async remove({ rest }, { section, id, version }) {
    const target = `${listOf(section)}${path`/${id}`}`;
    await rest.call("DELETE", target, { version: version ?? undefined });
  },
};
