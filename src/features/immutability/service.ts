import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Witnessing } from "../content/deed.ts";
import { pageOf, pageSize } from "../identity/page.ts";
import type {
  Immutability,
  ImmutabilityRule,
  ImmutableTag,
  PreviewAsk,
  RuleProject,
} from "./rule.ts";
import { checkTerms, coversRepository, coversTag, judgeOf, pathIn } from "./rules.ts";
import {
  createImmutabilityRule,
  deleteImmutabilityRule,
  immutabilityReads,
  updateImmutabilityRule,
} from "./store.ts";

/** Everything in the project, unless the rule says otherwise. */
const EVERYTHING = { repositories: "**", tags: "*", exceptTags: [] };
/** What one page of a preview looks at, at most. */
const MOST_TAGS = 5_000;
const MOST_REPOSITORIES = 200;
const BATCH = 500;

/** Where a page of a preview stopped: a repository, and the last tag of it that was looked at. */
function splitMark(mark: string | undefined): { repository: string; tag: string } {
  const [repository = "", tag = ""] = (mark ?? "").split(":");
  return { repository, tag };
}

export interface ImmutabilityParts {
  readonly db: Database;
  readonly audit: Witnessing;
}

/** Opens the rules by which tags are immutable. They are enforced in `store-object.ts`. */
export function openImmutability({ db, audit }: ImmutabilityParts): Immutability {
  const reads = immutabilityReads(db);

  async function get(project: RuleProject, id: string): Promise<ImmutabilityRule> {
    const rule = await reads.find(project.id, id);
    if (rule === undefined) throw failure("immutability.unknown", { id });
    return rule;
  }

  /** The repositories to look through, the one that a page stopped in from where it stopped. */
  async function* from(project: RuleProject, mark: { repository: string; tag: string }) {
    let start = { name: mark.repository, including: true };
    for (;;) {
      const rows = await reads.repositories(project.id, start, BATCH);
      for (const { id, name } of rows) {
        yield { id, name, after: name === mark.repository ? mark.tag : "" };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH) return;
      start = { name: last.name, including: false };
    }
  }

  return {
    get,
    async create(by, project, input) {
      const terms = checkTerms({ ...EVERYTHING, ...input });
      const witness = audit.witness(by);
      const id = await db.write(createImmutabilityRule, { witness, projectId: project.id, terms });
      return get(project, id);
    },
    async update(by, project, id, change, version) {
      const before = await get(project, id);
      const terms = checkTerms({ ...before, ...change });
      const witness = audit.witness(by);
      // What was not given was read outside of the transaction: it must still be that.
      const seen = version ?? before.version;
      const target = { witness, projectId: project.id, id, version: seen };
      await db.write(updateImmutabilityRule, { ...target, terms });
      return get(project, id);
    },
    async delete(by, project, id, version) {
      const witness = audit.witness(by);
      const target = { witness, projectId: project.id, id, version: version ?? null };
      await db.write(deleteImmutabilityRule, target);
    },
    async list(project, { after = null, limit }) {
      const size = pageSize(limit);
      return pageOf(await reads.list(project.id, after, size + 1), size);
    },
    async preview(project, patterns, { limit, after }: PreviewAsk) {
      const terms = checkTerms({ ...patterns, name: "preview" });
      const items: ImmutableTag[] = [];
      let seen = 0;
      let repositories = 0;
      for await (const each of from(project, splitMark(after))) {
        if (++repositories > MOST_REPOSITORIES) return { items, next: `${each.name}:` };
        if (!coversRepository(terms, pathIn(each.name))) continue;
        for (let tag = each.after; ; ) {
          const tags = await reads.tags(each.id, tag, BATCH);
          for (const name of tags) {
            if (items.length === limit || seen === MOST_TAGS) {
              return { items, next: `${each.name}:${tag}` };
            }
            seen += 1;
            tag = name;
            if (coversTag(terms, name)) items.push({ repository: each.name, tag: name });
          }
          if (tags.length < BATCH) break;
        }
      }
      return { items, next: undefined };
    },
    judge: async ({ id }) => judgeOf(await reads.all(id)),
  };
}
