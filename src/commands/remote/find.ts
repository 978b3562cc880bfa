import { z } from "zod";
import { path, type RestClient } from "../../client/rest.ts";
import { RestProblem } from "../../client/rest-fault.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
import { printable } from "./printable.ts";
import { read } from "./remote.ts";

/** Ids as the registry makes them; a name may look like one, and then the name counts. */
const ID = /^[0-9a-hjkmnp-tv-z]{26,32}$/;
const ROBOT = "robot+";

/** Whether a text looks like an id. */
export function isId(text: string): boolean {
  return ID.test(text);
}

const named = z.object({ id: z.string(), name: z.string() });
type Named = z.output<typeof named>;

const KINDS = {
  user: { en: "user", zh: "用户" },
  group: { en: "group", zh: "用户组" },
  robot: { en: "robot", zh: "机器人账户" },
  role: { en: "role", zh: "角色" },
  token: { en: "token", zh: "令牌" },
  trust: { en: "trust rule", zh: "信任规则" },
  immutability: { en: "immutability rule", zh: "不可变规则" },
  retention: { en: "retention policy", zh: "保留策略" },
  project: { en: "deleted project", zh: "已删除的项目" },
  repository: { en: "deleted repository", zh: "已删除的仓库" },
  deletedUser: { en: "deleted user", zh: "已删除的用户" },
} as const;

/**
 * Picks the one of that name (or id) out of a list; where names are unique the first that is found
 * ends the reading. Throws `Complaint` for none and for several.
 */
export async function pick(
  items: AsyncIterable<unknown>,
  wanted: string,
  what: keyof typeof KINDS,
  isUnique = false,
): Promise<string> {
  const all: Named[] = [];
  let byId: string | undefined;
  for await (const item of items) {
    const found = read(named, item);
    if (found.name === wanted) all.push(found);
    if (isUnique && found.name === wanted) break;
    if (found.id === wanted) byId = found.id;
  }
  const [first, ...others] = all;
  const kind = KINDS[what];
  const shown = printable(wanted);
  if (others.length > 0) {
    const ids = all.map(({ id }) => printable(id)).join(", ");
    throw misuse(
      `several are called ${shown}; give the id of one: ${ids}`,
      `有多个对象名为 ${shown}，请给出其中之一的编号：${ids}`,
    );
  }
  const found = first?.id ?? byId;
  if (found !== undefined) return found;
  throw new Complaint(EXIT.unknown, {
    en: `there is no ${kind.en} ${shown}`,
    zh: `不存在${kind.zh} ${shown}`,
  });
}

/** The same where a list can be asked for by name, so that an id is taken as it is. */
async function lookUp(
  rest: RestClient,
  list: string,
  wanted: string,
  what: keyof typeof KINDS,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  const items = rest.list(list, { name: wanted, ...query });
  // Only deleted ones share a name.
  const isUnique = query.state !== "deleted";
  try {
    return await pick(items, wanted, what, isUnique);
  } catch (error) {
    const isUnknown = error instanceof Complaint && error.exit === EXIT.unknown;
    // Whoever runs a project may not read the list of all users, but may name one by id.
    const isHidden = error instanceof RestProblem && error.status === 403;
    if (ID.test(wanted) && (isUnknown || isHidden)) return wanted;
    throw error;
  }
}

export function userId(rest: RestClient, name: string): Promise<string> {
  return lookUp(rest, "/users", name, "user");
}

export function deletedUserId(rest: RestClient, name: string): Promise<string> {
  return lookUp(rest, "/users", name, "deletedUser", { state: "deleted" });
}

export function groupId(rest: RestClient, name: string): Promise<string> {
  return lookUp(rest, "/groups", name, "group");
}

/** Where things of a project are, or of the whole installation. */
export function under(project: string | undefined): string {
  return project === undefined ? "" : path`/projects/${project}`;
}

interface Found {
  readonly id: string;
  /** The path of the list that it is in. */
  readonly list: string;
}

/** A robot by its full name, by its last part beside a project, or by its id. */
export async function robot(
  rest: RestClient,
  name: string,
  project: string | undefined,
): Promise<Found> {
  // robot+<project>+<name> says itself which project it is of.
  const [owner, last] = name.startsWith(ROBOT) ? name.slice(ROBOT.length).split("+") : [];
  const home = project ?? (last === undefined ? undefined : owner);
  const list = `${under(home)}/robots`;
  if (name.startsWith(ROBOT) || ID.test(name)) {
    return { id: await lookUp(rest, list, name, "robot"), list };
  }
  const full = home === undefined ? `${ROBOT}${name}` : `${ROBOT}${home}+${name}`;
  return { id: await lookUp(rest, list, full, "robot"), list };
}

/** A role by its name or id. */
export function roleId(
  rest: RestClient,
  name: string,
  project: string | undefined,
): Promise<string> {
  return pick(rest.list(`${under(project)}/roles`), name, "role");
}

export interface Subject {
  readonly kind: "principal" | "group" | "authenticated" | "everyone";
  /** Null for those that have no account of their own. */
  readonly name: string | null;
}

/** `everyone`, `authenticated`, `group:NAME`, `robot+…`, `user:NAME` or a user's name alone. */
export function subjectOf(text: string): Subject {
  if (text === "everyone" || text === "authenticated") return { kind: text, name: null };
  if (text.startsWith("group:")) return { kind: "group", name: text.slice("group:".length) };
  return { kind: "principal", name: text.replace(/^user:/, "") };
}

/** The id of a subject; null for those that have no account of their own. */
export async function subjectId(
  rest: RestClient,
  { kind, name }: Subject,
  project: string | undefined,
): Promise<string | null> {
  if (name === null) return null;
  if (kind === "group") return await groupId(rest, name);
  return name.startsWith(ROBOT) ? (await robot(rest, name, project)).id : await userId(rest, name);
}
