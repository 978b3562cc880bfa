import { RestProblem } from "../../client/rest-fault.ts";
import type { Remote } from "../remote/remote.ts";
import { memberOfKey } from "./fields.ts";
import { momentText } from "./file/moment.ts";
import type { FileContent } from "./file/schema.ts";
import { kinds } from "./kinds/table.ts";
import { type Present, pathOf, type Section, section } from "./model.ts";

/** Leaves out what says nothing. */
function slim(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** Robots keep `null` for none only where none differs from "as it is". */
function memberOf({ key, fields: { condition, expiresAt } }: Present) {
  const expires = typeof expiresAt === "number" ? momentText(expiresAt) : null;
  return slim({ ...memberOfKey(key), condition, expires });
}

function byName(items: readonly Present[], content: (each: Present) => unknown) {
  return Object.fromEntries(items.map((each) => [each.key, content(each)]));
}

/** Reads what is there, as far as the caller may. */
export class Exporter {
  readonly #remote: Remote;

  constructor(remote: Remote) {
    this.#remote = remote;
  }

  /** A list; undefined, and a note, where the caller may not read it. */
  async #all(where: Section, names?: readonly string[]): Promise<Present[] | undefined> {
    const found: Present[] = [];
    try {
      const items = kinds[where.kind].read(this.#remote.rest, where, names);
      for await (const each of items) found.push(each);
      return found;
    } catch (error) {
      if (!(error instanceof RestProblem) || error.status !== 403) throw error;
      const words = {
        en: "left out, for you may not read it: {path}",
        zh: "无权读取，已略去：{path}",
      };
      await this.#remote.note(words, { path: pathOf(where) });
      return undefined;
    }
  }

  async #lists(project: string | null) {
    const roles = await this.#all(section("roles", project));
    const robots = await this.#all(section("robots", project));
    const members = await this.#all(section("members", project));
    const rules = await this.#all(section("trust-rules", project));
    return slim({
      roles: roles && byName(roles, ({ fields }) => slim(fields)),
      robots: robots && byName(robots, ({ fields }) => slim(fields)),
      members: members?.map(memberOf),
      trustRules: rules?.map(({ key, fields }) => slim({ name: key, ...fields })),
    });
  }

  async #group(each: Present) {
    const members = await this.#all(section("group-members", null, each.key));
    return slim({ ...each.fields, members: members?.map(({ key }) => key) });
  }

  /** These projects; else all, and what belongs to the installation. Throws `RestProblem`. */
  async content(names: readonly string[] | undefined): Promise<FileContent> {
    const content: Record<string, unknown> = { version: 1 };
    const projects = await this.#all(section("projects"), names);
    const written: Record<string, unknown> = {};
    for (const each of projects ?? []) {
      // `null` says everywhere and none, where leaving out would say "as it is".
      const rules = await this.#all(section("immutability-rules", each.key));
      const immutabilityRules = rules?.map(({ key, fields }) => ({ name: key, ...fields }));
      const policies = await this.#all(section("retention-policies", each.key));
      const retentionPolicies = policies?.map(({ key, fields }) => ({ name: key, ...fields }));
      const [limits] = (await this.#all(section("quotas", each.key))) ?? [];
      const rest = slim({ immutabilityRules, retentionPolicies, quota: limits?.fields });
      const lists = { ...(await this.#lists(each.key)), ...rest };
      written[each.key] = { ...each.fields, ...lists };
    }
    content.projects = written;
    if (names !== undefined) return content as FileContent;
    const groups = await this.#all(section("groups"));
    if (groups !== undefined) {
      const all: Record<string, unknown> = {};
      for (const each of groups) all[each.key] = await this.#group(each);
      content.groups = all;
    }
    return { ...content, ...(await this.#lists(null)) } as FileContent;
  }
}
