import type { z } from "zod";
import { path } from "../../../client/rest.ts";
import { under } from "../../remote/find.ts";
import { read } from "../../remote/remote.ts";
import type { Fields, Section } from "../model.ts";
import { chosen, type Kind } from "./kind.ts";

interface NamedRow {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/**
 * Things of a project, or of the installation, that files know by their names and the server by ids:
 * read, made, changed and removed at one place, `collection`. `fieldsOf` says what a file has of one.
 */
export function namedKind<R extends NamedRow>(
  collection: string,
  shape: z.ZodType<R>,
  fieldsOf: (row: R) => Fields,
): Kind {
  const listOf = ({ project }: Section) => `${under(project ?? undefined)}/${collection}`;
  return {
    async *read(rest, section) {
      for await (const item of rest.list(listOf(section))) {
        const row = read(shape, item);
        const { id, name, version } = row;
        yield { section, key: name, label: name, fields: fieldsOf(row), id, version };
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
}
