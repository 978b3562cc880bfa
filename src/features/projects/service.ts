import { failure } from "../../kernel/errors/catalogue.ts";
import { excerpt } from "../../oci/excerpt.ts";
import { type Page, pageOf, pageSize } from "../identity/page.ts";
import { changer, type RightsContext } from "./change.ts";
import { parseNetworks } from "./networks.ts";
import type { Project, ProjectChange, ProjectFilter, ProjectQuery, Projects } from "./project.ts";
import { parseDescription, parseProjectName } from "./rules.ts";
import { projectReads } from "./store-read.ts";
import {
  createProject,
  deleteProject,
  emptyProject,
  restoreProject,
  updateProject,
} from "./store-write.ts";

/** How many projects a page looks at: who sees few of very many gets them in short pages. */
const MOST_LOOKED_AT = 2_000;

/** Opens the projects. */
export function openProjects(context: RightsContext): Projects {
  const reads = projectReads(context.db);
  const change = changer(context);

  async function get(id: string): Promise<Project> {
    const project = await reads.get(id);
    if (project === undefined) throw failure("project.unknown", { name: excerpt(id) });
    return project;
  }

  return {
    get,
    async named(name) {
      const project = await reads.named(name);
      if (project === undefined) throw failure("project.unknown", { name: excerpt(name) });
      return project;
    },
    async create(by, input) {
      const name = parseProjectName(input.name);
      const description = parseDescription(input.description);
      const isPublic = input.isPublic === true;
      return get(await change(createProject, by, { name, isPublic, description }));
    },
    async update(by, id, wanted, version) {
      await change(updateProject, by, { id, version: version ?? null, set: columnsOf(wanted) });
      return get(id);
    },
    list: (query, filter) => list(reads, query, filter),
    async deleted({ after, limit }) {
      const size = pageSize(limit);
      return pageOf(await reads.deleted(after ?? null, size + 1), size);
    },
    async delete(by, id, version) {
      await change(deleteProject, by, { id, version: version ?? null });
      return get(id);
    },
    empty: (by, id) => change(emptyProject, by, { id }),
    async restore(by, id) {
      await change(restoreProject, by, { id });
      return get(id);
    },
  };
}

function columnsOf({ isPublic, description, networks, untaggedAfter }: ProjectChange) {
  return {
    ...(untaggedAfter === undefined ? {} : { untagged_after: untaggedAfter }),
    ...(isPublic === undefined ? {} : { public: isPublic ? 1 : 0 }),
    ...(description === undefined ? {} : { description: parseDescription(description) }),
    ...(networks === undefined
      ? {}
      : { addresses: networks === null ? null : JSON.stringify(parseNetworks(networks)) }),
  };
}

async function list(
  reads: ReturnType<typeof projectReads>,
  { after, limit, prefix = "" }: ProjectQuery,
  filter: ProjectFilter,
): Promise<Page<Project>> {
  const size = pageSize(limit);
  const items: Project[] = [];
  let last = after ?? "";
  for (let looked = 0; looked < MOST_LOOKED_AT; ) {
    const rows = await reads.page(last, prefix, size);
    for (const project of rows) {
      if (items.length === size) return { items, next: last };
      last = project.name;
      if (await filter(project)) items.push(project);
    }
    looked += rows.length;
    if (rows.length < size) return { items, next: null };
  }
  return { items, next: last };
}
