import { z } from "zod";
import { path } from "../../../client/rest.ts";
import { RestProblem } from "../../../client/rest-fault.ts";
import { formatDuration, parseDuration } from "../../../config/units.ts";
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
  untaggedAfter: z.union([z.literal("never"), z.number()]).nullable(),
  version: z.number(),
});

function presentOf(section: Section, body: unknown): Present {
  const { id, name, description, public: isPublic, version, ...more } = read(shape, body);
  const { networks, untaggedAfter: after } = more;
  const set = networks === null ? null : asSet(networks);
  const untaggedAfter = typeof after === "number" ? formatDuration(after) : after;
  const fields = { description, public: isPublic, networks: set, untaggedAfter };
  return { section, key: name, label: name, fields, id, version };
}

/** A file says `30d` where the server takes milliseconds. */
function asSent(fields: Record<string, unknown>): Record<string, unknown> {
  const { untaggedAfter: after } = fields;
  if (typeof after !== "string" || after === "never") return fields;
  return { ...fields, untaggedAfter: parseDuration(after) };
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
    const { description, public: isPublic, networks, untaggedAfter } = fields;
    const body = { name: key, description, public: isPublic };
    const made = read(shape, await rest.call("POST", "/projects", { body }));
    // A new one is open to all networks and goes by the installation.
    const more = Object.entries({ networks, untaggedAfter }).filter(([, value]) => value != null);
    if (more.length === 0) return;
    const change = asSent(Object.fromEntries(more));
    await rest.call("PATCH", path`/projects/${key}`, { body: change, version: made.version });
  },
  async update({ rest }, wanted, { key, version }, fields) {
    const body = asSent(chosen(wanted, fields));
    await rest.call("PATCH", path`/projects/${key}`, { body, version: version ?? undefined });
  },
  async remove() {
    throw new Error("projects are never removed");
  },
};
