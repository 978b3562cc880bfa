import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { type Database, procedure, type Tx } from "../../../platform/database/port.ts";
import { type AuditEntry, done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { bumpRevision } from "../../identity/revision/store.ts";
import type { TrustRule } from "./rule.ts";
import type { CheckedTerms } from "./rules.ts";

/** Each is judged when a token of its issuer comes. */
export const MOST_RULES = 100;

const columns = [
  "t.id",
  "t.name",
  "t.project_id",
  "t.principal_id",
  "t.issuer",
  "t.jwks_url",
  "t.audience",
  "t.subject_pattern",
  "t.condition",
  "t.disabled_at",
  "t.created_at",
  "t.last_used_at",
  "t.version",
] as const;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly project_id: string | null;
  readonly principal_id: string;
  readonly issuer: string;
  readonly jwks_url: string | null;
  readonly audience: string;
  readonly subject_pattern: string;
  readonly condition: string | null;
  readonly disabled_at: number | null;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly version: number;
  readonly robot_name: string;
}

function ruleOf(row: Row): TrustRule {
  return {
    id: row.id,
    name: row.name,
    projectId: row.project_id,
    robot: { id: row.principal_id, name: row.robot_name },
    issuer: row.issuer,
    jwksUrl: row.jwks_url,
    audience: row.audience,
    subject: row.subject_pattern,
    condition: row.condition,
    enabled: row.disabled_at === null,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    version: row.version,
  };
}

interface Target {
  readonly witness: Witness;
  readonly id: string;
  readonly projectId: string | null;
  /** What the caller has seen; null to change whatever is there. */
  readonly version: number | null;
}

/** The live rule of that scope, held until the commit. */
async function held(tx: Tx, { id, projectId, version }: Target): Promise<TrustRule> {
  const row = await tx
    .selectFrom("trust_rules as t")
    .innerJoin("principals as p", "p.id", "t.principal_id")
    .select([...columns, "p.name as robot_name"])
    .where("t.id", "=", id)
    .where("t.project_id", projectId === null ? "is" : "=", projectId)
    .where("t.deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw failure("trust.unknown", { id });
  if (version !== null && row.version !== version) {
    throw failure("rights.changed", { current: row.version });
  }
  return ruleOf(row);
}

function valuesOf(terms: CheckedTerms) {
  return {
    name: terms.name,
    issuer: terms.issuer,
    jwks_url: terms.jwksUrl,
    audience: terms.audience,
    subject_pattern: terms.subject,
    condition: terms.condition,
  };
}

export interface CreateRule {
  readonly witness: Witness;
  readonly projectId: string | null;
  readonly robotId: string;
  readonly terms: CheckedTerms;
}

/** Throws `trust.robot_unknown` unless the robot lives in the same scope, and `trust.too_many`. */
export const createRule = procedure(
  "workload.create-rule",
  async (tx, { witness, projectId, robotId, terms }: CreateRule): Promise<string> => {
    const now = witness.at;
    // Held, so that rules of one robot take turns, and none is made for a robot that goes.
    const robot = await tx
      .selectFrom("principals")
      .select("name")
      .where("id", "=", robotId)
      .where("kind", "=", "robot")
      .where("project_id", projectId === null ? "is" : "=", projectId)
      .where("deleted_at", "is", null)
      .forUpdate()
      .executeTakeFirst();
    if (robot === undefined) throw failure("trust.robot_unknown", { id: robotId });
    const { count } = await tx
      .selectFrom("trust_rules")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("project_id", projectId === null ? "is" : "=", projectId)
      .where("deleted_at", "is", null)
      .executeTakeFirstOrThrow();
    if (count >= MOST_RULES) throw failure("trust.too_many", { limit: MOST_RULES });
    const id = newId(now);
    await tx
      .insertInto("trust_rules")
      .values({
        id,
        principal_id: robotId,
        project_id: projectId,
        ...valuesOf(terms),
        created_at: now,
        disabled_at: null,
        deleted_at: null,
        last_used_at: null,
        version: 1,
      })
      .execute();
    await bumpRevision(tx);
    const object = { kind: "trust-rule", id, name: terms.name };
    const details = { robot: robot.name, robotId, ...terms };
    await record(tx, witness, [done("trust.create", object, { project: projectId, details })]);
    return id;
  },
);

export interface UpdateRule extends Target {
  readonly terms: CheckedTerms;
  readonly enabled: boolean;
}

export const updateRule = procedure(
  "workload.update-rule",
  async (tx, args: UpdateRule): Promise<void> => {
    const { witness, id, terms, enabled, projectId } = args;
    const before = await held(tx, args);
    await tx
      .updateTable("trust_rules")
      .set({
        ...valuesOf(terms),
        disabled_at: enabled ? null : witness.at,
        version: before.version + 1,
      })
      .where("id", "=", id)
      .execute();
    await bumpRevision(tx);
    const object = { kind: "trust-rule", id, name: terms.name };
    const details = { robot: before.robot.name, changes: changes(before, { ...terms, enabled }) };
    await record(tx, witness, [done("trust.update", object, { project: projectId, details })]);
  },
);

/** What is another than before: name → [before, after]. */
function changes(before: TrustRule, after: CheckedTerms & { enabled: boolean }) {
  const keys = [
    "name",
    "issuer",
    "jwksUrl",
    "audience",
    "subject",
    "condition",
    "enabled",
  ] as const;
  return Object.fromEntries(
    keys.filter((key) => before[key] !== after[key]).map((key) => [key, [before[key], after[key]]]),
  );
}

export const deleteRule = procedure(
  "workload.delete-rule",
  async (tx, args: Target): Promise<void> => {
    const { witness, id, projectId } = args;
    const { name, robot, issuer, subject } = await held(tx, args);
    await tx
      .updateTable("trust_rules")
      .set((e) => ({ deleted_at: witness.at, version: e("version", "+", 1) }))
      .where("id", "=", id)
      .execute();
    await bumpRevision(tx);
    const object = { kind: "trust-rule", id, name };
    const details = { robot: robot.name, issuer, subject };
    await record(tx, witness, [done("trust.delete", object, { project: projectId, details })]);
  },
);

export interface NoteExchange {
  readonly witness: Witness;
  readonly ruleId: string;
  readonly entry: AuditEntry;
}

/** Records an exchange, and that the rule was used: nothing that is decided from. */
export const noteExchange = procedure(
  "workload.note-exchange",
  async (tx, { witness, ruleId, entry }: NoteExchange): Promise<void> => {
    await tx
      .updateTable("trust_rules")
      .set({ last_used_at: witness.at })
      .where("id", "=", ruleId)
      .execute();
    await record(tx, witness, [entry]);
  },
);

export const workloadProcedures = [createRule, updateRule, deleteRule, noteExchange];

/** The reads of trust rules. */
export function ruleReads(db: Database) {
  const all = () =>
    db.read
      .selectFrom("trust_rules as t")
      .innerJoin("principals as p", "p.id", "t.principal_id")
      .select([...columns, "p.name as robot_name"])
      .where("t.deleted_at", "is", null);
  const live = db.prepare((q, p: { issuer: string; most: number }) =>
    q
      .selectFrom("trust_rules as t")
      .innerJoin("principals as p", "p.id", "t.principal_id")
      .leftJoin("projects as j", "j.id", "t.project_id")
      .select([...columns, "p.name as robot_name"])
      .where("t.issuer", "=", p.issuer)
      .where("t.deleted_at", "is", null)
      .where("t.disabled_at", "is", null)
      .where("p.deleted_at", "is", null)
      .where("p.disabled_at", "is", null)
      .where("j.deleted_at", "is", null)
      .orderBy("t.id")
      .limit(p.most)
      .compile(),
  );
  return {
    /** The rule of that scope, whatever its state but deleted. */
    async find(projectId: string | null, id: string): Promise<TrustRule | undefined> {
      const row = await all()
        .where("t.id", "=", id)
        .where("t.project_id", projectId === null ? "is" : "=", projectId)
        .executeTakeFirst();
      return row === undefined ? undefined : ruleOf(row);
    },
    /** At most `limit` rules of the scope after one, in the order of their ids. */
    async list(projectId: string | null, after: string | null, limit: number) {
      let query = all()
        .where("t.project_id", projectId === null ? "is" : "=", projectId)
        .orderBy("t.id")
        .limit(limit);
      if (after !== null) query = query.where("t.id", ">", after);
      return (await query.execute()).map(ruleOf);
    },
    /** The rules that count: not switched off, of a live robot, of a live project; oldest first. */
    async live(issuer: string, most: number): Promise<TrustRule[]> {
      return (await live({ issuer, most })).map(ruleOf);
    },
  };
}

export type RuleReads = ReturnType<typeof ruleReads>;
