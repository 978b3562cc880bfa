import { z } from "zod";
import { under } from "../../remote/find.ts";
import { read } from "../../remote/remote.ts";
import { chosen, type Kind } from "./kind.ts";

const limit = z.number().nullable();
const shape = z.object({
  limits: z.object({
    bytes: limit,
    bytesWarn: limit,
    repositories: limit,
    repositoriesWarn: limit,
    tags: limit,
    tagsWarn: limit,
  }),
  version: z.number(),
});

/** What every project has one of. */
export const QUOTA_KEY = "limits";

/** A project always has its limits, be it that there are none: they are only ever changed. */
export const quotas: Kind = {
  async *read(rest, section) {
    const path = `${under(section.project ?? undefined)}/quota`;
    const { limits, version } = read(shape, await rest.call("GET", path));
    const fields = { ...limits };
    yield { section, key: QUOTA_KEY, label: QUOTA_KEY, fields, id: QUOTA_KEY, version };
  },
  async create({ rest }, { section, fields }) {
    const path = `${under(section.project ?? undefined)}/quota`;
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    await rest.call("PATCH", path, { body: Object.fromEntries(given) });
  },
  async update({ rest }, wanted, { section, version }, fields) {
    const path = `${under(section.project ?? undefined)}/quota`;
    await rest.call("PATCH", path, {
      body: chosen(wanted, fields),
      version: version ?? undefined,
    });
  },
  async remove() {
    throw new Error("limits are never removed");
  },
};
