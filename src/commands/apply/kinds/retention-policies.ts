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
  description: z.string().nullable(),
  repositories: z.array(z.string()),
  schedule: z.object({ cron: z.string(), timeZone: z.string() }).nullable(),
  rules: z.array(z.record(z.string(), z.unknown())),
  version: z.number(),
});

const listOf = ({ project }: Section) => `${under(project ?? undefined)}/retention-policies`;

export const retentionPolicies: Kind = {
  async *read(rest, section) {
    for await (const item of rest.list(listOf(section))) {
      const { id, name, version, repositories, ...rest } = read(shape, item);
      const fields = { ...rest, repositories: asSet(repositories) };
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
