import { RestFault, RestProblem } from "../../../client/rest-fault.ts";
import { complaintOf } from "../../remote/complaint.ts";
import type { Words } from "../../remote/words.ts";
import type { Act } from "../kinds/kind.ts";
import { kinds } from "../kinds/table.ts";
import type { Section } from "../model.ts";
import type { Change } from "./compare.ts";

/**
 * What became of a change. `untried`: something that it needs has failed before. `unknown`: the
 * connection broke before the server answered.
 */
export type Outcome = "done" | "failed" | "untried" | "unknown";

export interface Result {
  readonly change: Change;
  readonly outcome: Outcome;
  /** Why it is not done; undefined for what is. */
  readonly why: Words | undefined;
}

const CHANGED = {
  en: "somebody else has changed it since it was read; apply again to see what is there now",
  zh: "读取之后已被他人修改；请重新执行以查看现状",
};

async function carry(act: Act, change: Change): Promise<void> {
  const { section } = change.verb === "create" ? change.wanted : change.present;
  const kind = kinds[section.kind];
  if (change.verb === "create") return await kind.create(act, change.wanted);
  if (change.verb === "remove") return await kind.remove(act, change.present);
  if (change.verb === "update") {
    return await kind.update(act, change.wanted, change.present, change.fields);
  }
  await kind.create(act, change.wanted);
  await kind.remove(act, change.present);
}

/** What cannot be there without this one. */
function homeOf(change: Change): string | undefined {
  if (change.verb !== "create") return undefined;
  const { section, key } = change.wanted;
  if (section.kind === "projects") return `project ${key}`;
  return section.kind === "groups" ? `group ${key}` : undefined;
}

function needed({ project, group }: Section): string[] {
  return [
    ...(project === null ? [] : [`project ${project}`]),
    ...(group === null ? [] : [`group ${group}`]),
  ];
}

/**
 * Does one change after the other and says what became of each. What does not depend on a failed
 * one is still done; nothing is removed after a failure; nothing more is tried once the server
 * does not answer, or no longer knows the caller.
 */
export async function* carryOut(act: Act, changes: readonly Change[]): AsyncGenerator<Result> {
  const missing = new Set<string>();
  let hasFailed = false;
  let isOver = false;
  for (const change of changes) {
    const { section } = change.verb === "create" ? change.wanted : change.present;
    const isHeld = change.verb === "remove" && hasFailed;
    if (isOver || isHeld || needed(section).some((each) => missing.has(each))) {
      yield { change, outcome: "untried", why: undefined };
      continue;
    }
    try {
      await carry(act, change);
      yield { change, outcome: "done", why: undefined };
    } catch (error) {
      const complaint = complaintOf(error);
      if (complaint === undefined) throw error;
      hasFailed = true;
      const isLost = error instanceof RestFault && error.kind !== "name";
      const status = error instanceof RestProblem ? error.status : undefined;
      isOver = isLost || status === 401;
      const home = homeOf(change);
      if (home !== undefined) missing.add(home);
      const why = status === 412 ? CHANGED : complaint.words;
      yield { change, outcome: isLost ? "unknown" : "failed", why };
    }
  }
}
