import { z } from "zod";
import { path, type RestClient } from "../../../client/rest.ts";
import { RestProblem } from "../../../client/rest-fault.ts";
import { Complaint, EXIT } from "../../remote/complaint.ts";
import { under } from "../../remote/find.ts";
import { printable } from "../../remote/printable.ts";
import { read } from "../../remote/remote.ts";
import { robotKey } from "../fields.ts";
import { type Section, section as sectionOf, type Wanted } from "../model.ts";
import { chosen, type Kind } from "./kind.ts";
import { robotsOf } from "./robots.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  robot: z.object({ id: z.string(), name: z.string() }),
  issuer: z.string(),
  jwksUrl: z.string().nullable(),
  audience: z.string(),
  subject: z.string(),
  condition: z.string().nullable(),
  enabled: z.boolean(),
  version: z.number(),
});

function listOf({ project }: Section): string {
  return `${under(project ?? undefined)}/trust-rules`;
}

/** The ids of the robots that are there; undefined when the caller may not know. */
async function liveRobots(rest: RestClient, here: Section): Promise<Set<string> | undefined> {
  try {
    const found = await robotsOf(rest, sectionOf("robots", here.project));
    return new Set([...found.values()].map(({ id }) => id));
  } catch (error) {
    if (error instanceof RestProblem && error.status === 403) return undefined;
    throw error;
  }
}

async function robotId(rest: RestClient, { section, fields }: Wanted): Promise<string> {
  const name = String(fields.robot);
  const found = (await robotsOf(rest, sectionOf("robots", section.project))).get(name);
  if (found !== undefined) return found.id;
  const shown = printable(name);
  throw new Complaint(EXIT.unknown, {
    en: `there is no robot ${shown} here`,
    zh: `此处不存在机器人账户 ${shown}`,
  });
}

export const trustRules: Kind = {
  async *read(rest, section) {
    let live: Set<string> | undefined;
    let isFirst = true;
    for await (const item of rest.list(listOf(section))) {
      if (isFirst) live = await liveRobots(rest, section);
      isFirst = false;
      const { id, name, robot, version, ...terms } = read(shape, item);
      // A rule outlives its robot; a new robot of that name has nothing to do with it.
      const isGone = live?.has(robot.id) === false;
      const key = isGone ? robot.id : robotKey(robot.name, section.project);
      const fields = { robot: key, ...terms };
      yield { section, key: name, label: name, fields, id, version };
    }
  },
  async create({ rest }, wanted) {
    const { section, key, fields } = wanted;
    const { robot: _, enabled, ...terms } = fields;
    const body = { name: key, robotId: await robotId(rest, wanted), ...terms };
    const made = read(shape, await rest.call("POST", listOf(section), { body }));
    if (enabled !== false) return;
    const target = `${listOf(section)}${path`/${made.id}`}`;
    await rest.call("PATCH", target, { body: { enabled }, version: made.version });
  },
  async update({ rest }, wanted, { section, id, version }, fields) {
    const target = `${listOf(section)}${path`/${id}`}`;
    const body = chosen(wanted, fields);
    await rest.call("PATCH", target, { body, version: version ?? undefined });
  },
  async remove({ rest }, { section, id, version }) {
    const target = `${listOf(section)}${path`/${id}`}`;
    await rest.call("DELETE", target, { version: version ?? undefined });
  },
};
