import type { RestClient } from "../../../client/rest.ts";
import { RestProblem } from "../../../client/rest-fault.ts";
import { Complaint, complaintOf } from "../../remote/complaint.ts";
import type { Statements } from "../file/statements.ts";
import { kinds } from "../kinds/table.ts";
import { KIND_NAMES, type Present, pathOf, type Section } from "../model.ts";

/** Says which list could not be read. */
function located(error: unknown, section: Section): unknown {
  const complaint = error instanceof RestProblem ? complaintOf(error) : undefined;
  if (complaint === undefined) return error;
  const { exit, words } = complaint;
  const path = pathOf(section);
  const told = { en: `cannot read ${path}: ${words.en}`, zh: `无法读取 ${path}：${words.zh}` };
  return new Complaint(exit, told, error);
}

/** All that the server has in the sections that are written. Throws `Complaint`, `RestFault`. */
export async function observe(rest: RestClient, statements: Statements): Promise<Present[]> {
  const { wanted, sections } = statements;
  const present: Present[] = [];
  const names = (kind: Section["kind"]) =>
    wanted.filter((each) => each.section.kind === kind).map(({ key }) => key);
  const isThere = (kind: Section["kind"], name: string) =>
    present.some(({ section, key }) => section.kind === kind && key === name);
  const ranked = [...sections.values()].sort(
    (a, b) => KIND_NAMES.indexOf(a.kind) - KIND_NAMES.indexOf(b.kind),
  );
  for (const section of ranked) {
    const { kind, project, group } = section;
    // Of what is not there yet there is nothing to read.
    if (project !== null && !isThere("projects", project)) continue;
    if (group !== null && !isThere("groups", group)) continue;
    const isNamed = kind === "projects" || kind === "groups";
    try {
      const items = kinds[kind].read(rest, section, isNamed ? names(kind) : undefined);
      for await (const each of items) present.push(each);
    } catch (error) {
      throw located(error, section);
    }
  }
  return present;
}
