import { z } from "zod";
import { path, type RestClient } from "../../../client/rest.ts";
import { parseDuration } from "../../../config/units.ts";
import { under } from "../../remote/find.ts";
import { read } from "../../remote/remote.ts";
import { robotKey } from "../fields.ts";
import type { Fields, Present, Section } from "../model.ts";
import type { Kind } from "./kind.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  state: z.string(),
  version: z.number(),
});
const madeShape = shape.extend({ secret: z.string().nullable() });

function listOf({ project }: Section): string {
  return `${under(project ?? undefined)}/robots`;
}

function presentOf(
  section: Section,
  { id, name, description, state, version }: z.output<typeof shape>,
): Present {
  const fields = { description, enabled: state === "active" };
  const key = robotKey(name, section.project);
  return { section, key, label: key, fields, id, version };
}

/** The first secret as the server takes it. */
function secretTerms(birth: Fields = {}) {
  const { limits, addresses, expiresAfter } = birth;
  const lifetime = typeof expiresAfter === "string" ? parseDuration(expiresAfter) : undefined;
  const lifetimeSeconds = lifetime === undefined ? undefined : Math.ceil(lifetime / 1_000);
  return { limits, addresses, lifetimeSeconds };
}

async function turn(rest: RestClient, list: string, id: string, enabled: unknown): Promise<void> {
  await rest.call("POST", `${list}${path`/${id}`}/${enabled === true ? "enable" : "disable"}`);
}

/** The robots of a section by their last names. */
export async function robotsOf(rest: RestClient, section: Section): Promise<Map<string, Present>> {
  const found = new Map<string, Present>();
  for await (const each of robots.read(rest, section)) found.set(each.key, each);
  return found;
}

export const robots: Kind = {
  async *read(rest, section) {
    for await (const item of rest.list(listOf(section))) {
      const robot = read(shape, item);
      if (robot.state !== "deleted") yield presentOf(section, robot);
    }
  },
  async create({ rest, secrets }, { section, key, fields, birth }) {
    const { description, enabled } = fields;
    const prefix = section.project === null ? "" : `${section.project}+`;
    // Opened before the robot is made: a secret that cannot be kept would be lost.
    const file = await secrets?.open(`robot+${prefix}${key}`);
    let made: z.output<typeof madeShape>;
    try {
      const body = { name: key, description, ...secretTerms(birth) };
      made = read(madeShape, await rest.call("POST", listOf(section), { body }));
    } catch (error) {
      await file?.discard();
      throw error;
    }
    await file?.keep(made.secret ?? "");
    if (enabled === false) await turn(rest, listOf(section), made.id, false);
  },
  async update({ rest }, { section, fields: wanted }, { id, version }, fields) {
    const { description, enabled } = wanted;
    if (fields.includes("description")) {
      const target = `${listOf(section)}${path`/${id}`}`;
      const body = { description };
      await rest.call("PATCH", target, { body, version: version ?? undefined });
    }
    if (fields.includes("enabled")) await turn(rest, listOf(section), id, enabled);
  },
  async remove({ rest }, { section, id }) {
    await rest.call("DELETE", `${listOf(section)}${path`/${id}`}`);
  },
};
