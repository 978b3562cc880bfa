import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { type AnyProcedure, procedure, type Tx } from "../../../platform/database/port.ts";
import type { Schedule } from "../../../platform/jobs/schedules/cron.ts";
import { putScheduleIn, removeScheduleIn } from "../../../platform/jobs/schedules/store.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import type { PolicyInput, RetentionPolicy } from "../policy.ts";
import { policyOf, selectPolicies } from "./policies-read.ts";

/** Policies of one project. */
const MOST_POLICIES = 50;

export const SCHEDULED_RUN = "retention.scheduled";

/** The name of a policy's schedule. */
export function scheduleName(policyId: string): string {
  return `retention:${policyId}`;
}

export interface CheckedPolicy extends PolicyInput {
  readonly description: string | null;
}

interface Scheduled {
  /** When the schedule runs first; null without one. */
  readonly nextAt: number | null;
}

function valuesOf({ name, description, repositories, rules, schedule = null }: CheckedPolicy) {
  return {
    name,
    description,
    repositories: JSON.stringify(repositories),
    rules: JSON.stringify(rules),
    cron: schedule?.cron ?? null,
    time_zone: schedule?.timeZone ?? null,
  };
}

async function keepSchedule(
  tx: Tx,
  policyId: string,
  { schedule = null }: CheckedPolicy,
  nextAt: number | null,
): Promise<void> {
  const name = scheduleName(policyId);
  if (schedule === null || nextAt === null) return removeScheduleIn(tx, name);
  const wanted: Schedule = { name, kind: SCHEDULED_RUN, payload: { policyId }, ...schedule };
  await putScheduleIn(tx, wanted, nextAt);
}

async function refuseTwin(tx: Tx, projectId: string, name: string, but: string): Promise<void> {
  const twin = await tx
    .selectFrom("retention_policies")
    .select("id")
    .where("project_id", "=", projectId)
    .where("name", "=", name)
    .where("id", "!=", but)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (twin !== undefined) throw failure("retention.name_taken", { name });
}

/** Held, so that those who change a project's policies take turns. */
async function lockProject(tx: Tx, projectId: string): Promise<void> {
  const project = await tx
    .selectFrom("projects")
    .select("id")
    .where("id", "=", projectId)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (project === undefined) throw failure("project.unknown", { name: projectId });
}

function detailsOf({ repositories, rules, schedule = null }: CheckedPolicy) {
  return { repositories, rules: JSON.stringify(rules), schedule };
}

export interface CreatePolicy extends Scheduled {
  readonly witness: Witness;
  readonly projectId: string;
  readonly input: CheckedPolicy;
}

/** Throws `retention.name_taken` or `retention.too_many`. */
export const createPolicy = procedure(
  "retention.create-policy",
  async (tx, { witness, projectId, input, nextAt }: CreatePolicy): Promise<string> => {
    await lockProject(tx, projectId);
    await refuseTwin(tx, projectId, input.name, "");
    const { count } = await tx
      .selectFrom("retention_policies")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("project_id", "=", projectId)
      .where("deleted_at", "is", null)
      .executeTakeFirstOrThrow();
    if (count >= MOST_POLICIES) throw failure("retention.too_many", { limit: MOST_POLICIES });
    const id = newId(witness.at);
    const times = { created_at: witness.at, updated_at: witness.at, deleted_at: null };
    await tx
      .insertInto("retention_policies")
      .values({ id, project_id: projectId, ...valuesOf(input), ...times, version: 1 })
      .execute();
    await keepSchedule(tx, id, input, nextAt);
    const object = { kind: "retention-policy", id, name: input.name };
    const more = { project: projectId, details: detailsOf(input) };
    await record(tx, witness, [done("retention-policy.create", object, more)]);
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

async function held(tx: Tx, { id, projectId, version }: Target): Promise<RetentionPolicy> {
  await lockProject(tx, projectId);
  const row = await selectPolicies(tx)
    .where("p.id", "=", id)
    .where("p.project_id", "=", projectId)
    .executeTakeFirst();
  if (row === undefined) throw failure("api.unknown", { kind: "retention policy", name: id });
  if (version !== null && row.version !== version) {
    throw failure("rights.changed", { current: row.version });
  }
  return policyOf(row);
}

export interface UpdatePolicy extends Target, Scheduled {
  readonly input: CheckedPolicy;
}

export const updatePolicy = procedure(
  "retention.update-policy",
  async (tx, args: UpdatePolicy): Promise<void> => {
    const { witness, projectId, id, input, nextAt } = args;
    const before = await held(tx, args);
    await refuseTwin(tx, projectId, input.name, id);
    await tx
      .updateTable("retention_policies")
      .set({ ...valuesOf(input), updated_at: witness.at, version: before.version + 1 })
      .where("id", "=", id)
      .execute();
    await keepSchedule(tx, id, input, nextAt);
    const object = { kind: "retention-policy", id, name: input.name };
    const was = detailsOf({ ...before });
    const details = { was: { name: before.name, ...was }, is: detailsOf(input) };
    await record(tx, witness, [
      done("retention-policy.update", object, { project: projectId, details }),
    ]);
  },
);

export const deletePolicy = procedure(
  "retention.delete-policy",
  async (tx, args: Target): Promise<void> => {
    const { witness, projectId, id } = args;
    const before = await held(tx, args);
    await tx
      .updateTable("retention_policies")
      .set((e) => ({ deleted_at: witness.at, version: e("version", "+", 1) }))
      .where("id", "=", id)
      .execute();
    await removeScheduleIn(tx, scheduleName(id));
    const object = { kind: "retention-policy", id, name: before.name };
    const more = { project: projectId, details: detailsOf({ ...before }) };
    await record(tx, witness, [done("retention-policy.delete", object, more)]);
  },
);

export const policyProcedures: readonly AnyProcedure[] = [createPolicy, updatePolicy, deletePolicy];
