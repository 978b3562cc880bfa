import { z } from "zod";
import { path, type RestClient } from "../../../client/rest.ts";
import { RestProblem } from "../../../client/rest-fault.ts";
import { isId, subjectOf } from "../../remote/find.ts";
import { read } from "../../remote/remote.ts";
import { bindingView } from "../../remote/views.ts";
import { memberKey, memberLabel, memberOfKey, whoText } from "../fields.ts";
import { differing, type Present, type Section, type Wanted } from "../model.ts";
import { chosen, type Kind } from "./kind.ts";
import { roleIdOf, roleNames } from "./roles.ts";

const versioned = z.object({ version: z.number() });

function listOf({ project }: Section): string {
  return project === null ? "/bindings" : path`/projects/${project}/members`;
}

async function nameless(rest: RestClient, project: string | null): Promise<Map<string, string>> {
  try {
    return await roleNames(rest, project);
  } catch (error) {
    // Whoever may see members, but no roles, has the names that the members come with.
    if (error instanceof RestProblem && error.status === 403) return new Map();
    throw error;
  }
}

/** Somebody has made the same one since the server was read, or it came with its project. */
async function settleTwin(rest: RestClient, wanted: Wanted, refusal: unknown): Promise<void> {
  for await (const each of members.read(rest, wanted.section)) {
    if (each.key !== wanted.key || each.fields.condition !== wanted.fields.condition) continue;
    const fields = differing(wanted.fields, each.fields);
    if (fields.length > 0) await change(rest, wanted, each, fields);
    return;
  }
  throw refusal;
}

async function change(
  rest: RestClient,
  wanted: Wanted,
  { section, id, version }: Present,
  fields: readonly string[],
): Promise<void> {
  const body = chosen(wanted, fields);
  const target = `${listOf(section)}${path`/${id}`}`;
  await rest.call("PATCH", target, { body, version: version ?? undefined });
}

/** A subject as the server takes it. */
function spelled(who: string) {
  const { kind, name } = subjectOf(who);
  if (name === null) return { kind };
  return isId(name) ? { kind, id: name } : { kind, name };
}

export const members: Kind = {
  async *read(rest, section) {
    let names: Map<string, string> | undefined;
    for await (const item of rest.list(listOf(section))) {
      const binding = read(bindingView.shape, item);
      const { kind, name, id } = binding.subject;
      const { id: bindingId, role, roleName, repositories, tags, condition, expiresAt } = binding;
      // The id of a role of somebody's own is not its name; for a built-in one they are the same.
      if (role !== roleName) names ??= await nameless(rest, section.project);
      const terms = {
        who: whoText(kind, name ?? id),
        role: role === roleName ? role : (names?.get(role) ?? roleName),
        repositories,
        tags,
      };
      const { version } = read(versioned, item);
      const named = { key: memberKey(terms), label: memberLabel(terms), id: bindingId, version };
      yield { section, ...named, fields: { condition, expiresAt } };
    }
  },
  async create({ rest }, wanted) {
    const { section, key, fields } = wanted;
    const { who, role: name, repositories, tags } = memberOfKey(key);
    const role = await roleIdOf(rest, name, section.project);
    const body = { subject: spelled(who), role, repositories, tags, ...fields };
    try {
      await rest.call("POST", listOf(section), { body });
    } catch (error) {
      if (!(error instanceof RestProblem) || error.code !== "binding.exists") throw error;
      await settleTwin(rest, wanted, error);
    }
  },
  async update({ rest }, wanted, present, fields) {
    await change(rest, wanted, present, fields);
  },
  async remove({ rest }, { section, id, version }) {
    const target = `${listOf(section)}${path`/${id}`}`;
    await rest.call("DELETE", target, { version: version ?? undefined });
  },
};
