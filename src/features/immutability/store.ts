import { failure } from "../../kernel/errors/catalogue.ts";
import { newId } from "../../kernel/ids.ts";
import { type Database, procedure, type Tx } from "../../platform/database/port.ts";
import { done, type Witness } from "../audit/entry.ts";
import { record } from "../audit/store/record.ts";
import type { ImmutabilityRule, ImmutabilityTerms } from "./rule.ts";
import { ruleOf, rulesOf, selectRules } from "./store-read.ts";

/** Each is judged whenever a tag of its project is to move. */
export const MOST_RULES = 100;

/**
 * The project, held until the commit: of a rule and a move that it forbids, one is before the
 * other. Throws `project.unknown`.
 */
async function holdProject(tx: Tx, id: string): Promise<string> {
  const row = await tx
    .selectFrom("projects")
    .select("name")
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw failure("project.unknown", { name: id });
  return row.name;
}

/** Throws `immutability.name_taken` when another rule of the project has the name. */
async function refuseTwin(tx: Tx, projectId: string, name: string, id: string): Promise<void> {
  const twin = (await rulesOf(tx, projectId)).find((each) => each.name === name && each.id !== id);
  if (twin !== undefined) throw failure("immutability.name_taken", { rule: name });
}

function valuesOf(terms: ImmutabilityTerms) {
  const { name, repositories, tags, exceptTags } = terms;
  return { name, repositories, tags, except_tags: JSON.stringify(exceptTags) };
}

const objectOf = (id: string, name: string) => ({ kind: "immutability-rule", id, name });

export interface CreateImmutabilityRule {
  readonly witness: Witness;
  readonly projectId: string;
  readonly terms: ImmutabilityTerms;
}

/** Throws `immutability.name_taken` and `immutability.too_many`. */
export const createImmutabilityRule = procedure(
  "immutability.create",
  async (tx, { witness, projectId, terms }: CreateImmutabilityRule): Promise<string> => {
    await holdProject(tx, projectId);
    const there = await rulesOf(tx, projectId);
    if (there.length >= MOST_RULES) throw failure("immutability.too_many", { limit: MOST_RULES });
    const id = newId(witness.at);
    await refuseTwin(tx, projectId, terms.name, id);
    await tx
      .insertInto("immutability_rules")
      .values({
        id,
        project_id: projectId,
        ...valuesOf(terms),
        created_at: witness.at,
        version: 1,
      })
      .execute();
    const about = { project: projectId, details: { ...terms } };
    await record(tx, witness, [done("immutability.create", objectOf(id, terms.name), about)]);
    return id;
  },
);

interface Target {
  readonly witness: Witness;
  readonly projectId: string;
  readonly id: string;
  /** What the caller has seen; null to change whatever is there. */
  readonly version: number | null;
}

/** The rule, which nobody else can change until the commit. */
async function held(tx: Tx, { projectId, id, version }: Target): Promise<ImmutabilityRule> {
  await holdProject(tx, projectId);
  const row = await selectRules(tx)
    .where("id", "=", id)
    .where("project_id", "=", projectId)
    .executeTakeFirst();
  if (row === undefined) throw failure("immutability.unknown", { id });
  if (version !== null && row.version !== version) {
    throw failure("rights.changed", { current: row.version });
  }
  return ruleOf(row);
}

export interface UpdateImmutabilityRule extends Target {
  readonly terms: ImmutabilityTerms;
}

/** Throws `immutability.unknown`, `immutability.name_taken` and `rights.changed`. */
export const updateImmutabilityRule = procedure(
  "immutability.update",
  async (tx, args: UpdateImmutabilityRule): Promise<void> => {
    const { witness, projectId, id, terms } = args;
    const before = await held(tx, args);
    await refuseTwin(tx, projectId, terms.name, id);
    const keys = ["name", "repositories", "tags", "exceptTags"] as const;
    const changes = keys
      .filter((key) => String(before[key]) !== String(terms[key]))
      .map((field) => ({ field, from: before[field], to: terms[field] }));
    if (changes.length === 0) return;
    await tx
      .updateTable("immutability_rules")
      .set({ ...valuesOf(terms), version: before.version + 1 })
      .where("id", "=", id)
      .execute();
    const about = { project: projectId, details: { changes } };
    await record(tx, witness, [done("immutability.update", objectOf(id, terms.name), about)]);
  },
);

/** Throws `immutability.unknown` and `rights.changed`. */
export const deleteImmutabilityRule = procedure(
  "immutability.delete",
  async (tx, args: Target): Promise<void> => {
    const { witness, projectId, id } = args;
    const { name, repositories, tags, exceptTags } = await held(tx, args);
    await tx.deleteFrom("immutability_rules").where("id", "=", id).execute();
    const about = { project: projectId, details: { repositories, tags, exceptTags } };
    await record(tx, witness, [done("immutability.delete", objectOf(id, name), about)]);
  },
);

export const immutabilityProcedures = [
  createImmutabilityRule,
  updateImmutabilityRule,
  deleteImmutabilityRule,
];

/** The reads of rules, and of the tags that they are about. */
export function immutabilityReads({ read }: Database) {
  return {
    async find(projectId: string, id: string): Promise<ImmutabilityRule | undefined> {
      const row = await selectRules(read)
        .where("project_id", "=", projectId)
        .where("id", "=", id)
        .executeTakeFirst();
      return row === undefined ? undefined : ruleOf(row);
    },
    /** At most `limit` rules after one, in the order of their ids. */
    async list(projectId: string, after: string | null, limit: number) {
      let query = selectRules(read).where("project_id", "=", projectId).orderBy("id").limit(limit);
      if (after !== null) query = query.where("id", ">", after);
      return (await query.execute()).map(ruleOf);
    },
    /** Every rule of a project: there are few. */
    all: (projectId: string) => rulesOf(read, projectId),
    /** Live repositories of a project from a name on, in the order of names. */
    async repositories(
      projectId: string,
      from: { readonly name: string; readonly including: boolean },
      limit: number,
    ) {
      return await read
        .selectFrom("repositories")
        .select(["id", "name"])
        .where("project_id", "=", projectId)
        .where("deleted_at", "is", null)
        .where("name", from.including ? ">=" : ">", from.name)
        .orderBy("name")
        .limit(limit)
        .execute();
    },
    /** Tags of a repository after one, in their order. */
    async tags(repositoryId: string, after: string, limit: number): Promise<string[]> {
      const rows = await read
        .selectFrom("tags")
        .select("name")
        .where("repository_id", "=", repositoryId)
        .where("name", ">", after)
        .orderBy("name")
        .limit(limit)
        .execute();
      return rows.map(({ name }) => name);
    },
  };
}
