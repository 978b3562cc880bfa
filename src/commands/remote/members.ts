import type { Command } from "commander";
import { path, type RestClient } from "../../client/rest.ts";
import { builtInRole } from "../../features/access/roles/built-in.ts";
import { Complaint, EXIT } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { isId, roleId, type Subject, subjectOf } from "./find.ts";
import { printable } from "./printable.ts";
import { read } from "./remote.ts";
import { momentAfter } from "./values.ts";
import { addVerb } from "./verb.ts";
import { bindingView } from "./views.ts";

interface Terms {
  readonly repositories?: string;
  readonly tags?: string;
  readonly condition?: string;
  readonly expires?: string;
}

const WHERE = {
  project: { argument: "<project> ", sample: "team ", en: "in a project", zh: "项目内" },
  system: {
    argument: "",
    sample: "",
    en: "in the whole installation",
    zh: "整个系统内",
  },
} as const;

const WHO = {
  en: "Who: a user's name, group:NAME, robot+…, everyone or authenticated.",
  zh: "对象：用户名、group:名称、robot+…、everyone 或 authenticated。",
};

function listOf(project: string | undefined): string {
  return project === undefined ? "/bindings" : path`/projects/${project}/members`;
}

/** The built-in roles are the same everywhere and need no right to be looked up. */
async function roleOf(
  rest: RestClient,
  name: string,
  project: string | undefined,
): Promise<string> {
  return builtInRole(name) === undefined ? await roleId(rest, name, project) : name;
}

/** A subject as the server takes it. */
function spelled({ kind, name }: Subject) {
  if (name === null) return { kind };
  return isId(name) ? { kind, id: name } : { kind, name };
}

/** Ids of the bindings that are meant: of this id, or of this subject and perhaps this role. */
async function meant(
  rest: RestClient,
  list: string,
  who: string,
  role: string | undefined,
): Promise<string[]> {
  const subject = subjectOf(who);
  const ids: string[] = [];
  for await (const item of rest.list(list)) {
    const binding = read(bindingView.shape, item);
    const isTheirs =
      binding.subject.kind === subject.kind &&
      (subject.name === null || binding.subject.name === subject.name);
    const isThat = role === undefined || binding.role === role || binding.roleName === role;
    if (binding.id === who || (isTheirs && isThat)) ids.push(binding.id);
  }
  if (ids.length > 0) return ids;
  throw new Complaint(EXIT.unknown, {
    en: `${printable(who)} has no such role here`,
    zh: `${printable(who)} 在此没有该角色`,
  });
}

/** Who has which role: in a project, or in the whole installation. */
export function addMemberVerbs(
  command: Command,
  context: RemoteContext,
  scope: keyof typeof WHERE,
): void {
  const where = WHERE[scope];
  const verb = `entrepot ${command.name()}`;
  const split = (args: readonly string[]): [project: string | undefined, who: string] =>
    scope === "project" ? [args[0] ?? "", args[1] ?? ""] : [undefined, args[0] ?? ""];

  addVerb(command, context, {
    usage: `members ${where.argument}`.trim(),
    words: { en: `list who has which role ${where.en}`, zh: `列出${where.zh}的成员与角色` },
    example: `${verb} members ${where.sample}`.trim(),
    async run(remote, args) {
      const [project] = split(args);
      await remote.showAll(bindingView, remote.rest.list(listOf(project)));
    },
  });
  addVerb<Terms>(command, context, {
    usage: `grant ${where.argument}<who> <role>`,
    words: { en: `give a role ${where.en}. ${WHO.en}`, zh: `授予${where.zh}的角色。${WHO.zh}` },
    example: `${verb} grant ${where.sample}group:builders developer --expires 90d`,
    options: [
      {
        flags: "--repositories <glob>",
        words: { en: "only for these, below the project", zh: "仅限项目下的这些仓库" },
      },
      { flags: "--tags <glob>", words: { en: "only for these tags", zh: "仅限这些标签" } },
      {
        flags: "--condition <cel>",
        words: { en: "only while this holds (CEL)", zh: "仅在此条件成立时（CEL）" },
      },
      {
        flags: "--expires <time>",
        words: { en: "until then: 90d, or 2027-01-31", zh: "有效期：90d 或 2027-01-31" },
      },
    ],
    async run(remote, args, { repositories, tags, condition, expires }) {
      const { rest } = remote;
      const [project, who] = split(args);
      const subject = subjectOf(who);
      const expiresAt = momentAfter(expires, Date.now());
      const role = await roleOf(rest, args[args.length - 1] ?? "", project);
      const terms = { repositories, tags, condition, expiresAt };
      // The server looks names up: whoever gives roles need not be allowed to list accounts.
      const body = { subject: spelled(subject), role, ...terms };
      await remote.show(bindingView, await rest.call("POST", listOf(project), { body }));
    },
  });
  addVerb<{ readonly role?: string }>(command, context, {
    usage: `revoke ${where.argument}<who>`,
    words: {
      en: `take back the roles that somebody has ${where.en}, or one binding by its id`,
      zh: `撤销某对象在${where.zh}的角色，或按编号撤销单个授权`,
    },
    example: `${verb} revoke ${where.sample}group:builders --role developer`,
    options: [{ flags: "--role <role>", words: { en: "only this role", zh: "仅撤销此角色" } }],
    async run(remote, args, { role }) {
      const { rest } = remote;
      const [project, who] = split(args);
      const list = listOf(project);
      for (const id of await meant(rest, list, who, role)) {
        await rest.call("DELETE", `${list}${path`/${id}`}`);
        await remote.note({ en: "revoked {id}", zh: "已撤销 {id}" }, { id });
      }
    },
  });
}
