import { newSecret, verifierOf } from "../../src/features/identity/tokens/secret-text.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/platform/database/port.ts";
import type { TokenKind } from "../../src/platform/database/schema/identity.ts";
import { insertRows } from "../support/rows.ts";

const HOUR = 3_600_000;

/** Of a repository that there is not. */
const GHOST_ID = "0".repeat(26);

/** The id of the live account of that name. */
export async function principalId(db: Database, name: string): Promise<string> {
  const row = await db.read
    .selectFrom("principals")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
  return row.id;
}

interface Planted {
  readonly expires_at?: number;
  readonly revoked_at?: number;
  readonly addresses?: string;
  readonly generation?: number;
}

/** Writes a token that nobody made, such as one from last year; gives its secret. */
export async function plant(
  db: Database,
  of: Planted & { readonly kind: TokenKind; readonly principalId: string },
): Promise<string> {
  const { kind, principalId: principal_id, ...more } = of;
  const secret = newSecret(kind);
  const row = {
    id: newId(),
    kind,
    principal_id,
    name: "planted",
    verifier: verifierOf(secret),
    limits: null,
    addresses: null,
    claims: null,
    parent_id: null,
    generation: 1,
    created_at: Date.now() - HOUR,
    expires_at: Date.now() + HOUR,
    last_used_at: null,
    last_used_address: null,
    revoked_at: null,
    ...more,
  };
  await db.write(insertRows, { table: "tokens", rows: [row] });
  return secret;
}

/** The text with one letter changed. */
export function twist(secret: string, at: number): string {
  const other = secret.charAt(at) === "A" ? "B" : "A";
  return secret.slice(0, at) + other + secret.slice(at + 1);
}

/** What people made to last outlives a change of the password; no other kind does. */
export const OLDER = "from before its account's password was changed";

type Make = (more: Planted) => Promise<string>;

/** Ways in which a token can be wrong. */
export const flaws: Readonly<
  Record<string, (make: Make, kind: TokenKind) => Promise<string> | string>
> = {
  expired: (make) => make({ expires_at: Date.now() - 1 }),
  revoked: (make) => make({ revoked_at: Date.now() - 1 }),
  "of another network": (make) => make({ addresses: '["192.0.2.0/24"]' }),
  [OLDER]: (make) => make({ generation: 0 }),
  "never issued": (_, kind) => newSecret(kind),
  "with a letter changed": async (make) => twist(await make({}), 20),
  "with a wrong checksum": async (make) => twist(await make({}), 55),
  "cut short": async (make) => (await make({})).slice(0, -1),
  "with more behind it": async (make) => `${await make({})}A`,
  "in capitals": async (make) => (await make({})).toUpperCase(),
  "with another kind's prefix": async (make, kind) => {
    const secret = await make({});
    return secret.replace(/^ent_..._/, kind === "robot" ? "ent_pat_" : "ent_rob_");
  },
};

/** Writes a run of a policy that waits, whose job nobody does; gives its id. */
export async function plantRun(
  db: Database,
  { id: policy_id, projectId }: { readonly id: string; readonly projectId: string },
): Promise<string> {
  const now = Date.now();
  const id = newId(now);
  const row = {
    id,
    project_id: projectId,
    policy_id,
    policy_name: "old",
    kind: "run",
    document: JSON.stringify({ repositories: ["**"], rules: [] }),
    started_by: null,
    job_id: await plantJob(db),
    created_at: now,
    planned_at: null,
    finished_at: null,
    expires_at: now + 24 * HOUR,
  };
  const none = ["repositories", "tags_kept", "tags_going", "manifests_going", "tags_gone"];
  const zeros = Object.fromEntries(
    [...none, "manifests_gone", "items_left", "bytes"].map((name) => [name, 0]),
  );
  await db.write(insertRows, { table: "retention_runs", rows: [{ ...row, ...zeros }] });
  const items = [1, 2, 3].map((seq) => ({
    run_id: id,
    seq,
    kind: "tag",
    repository_id: id,
    repository: "old/app",
    digest: `sha256:${"1".repeat(64)}`,
    tag: `v${seq}`,
    outcome: "going",
    cause: "rule",
    rule: 0,
    against: null,
    because_of: null,
    changed_at: now,
    pushed_at: now,
    used_at: null,
    level: 0,
  }));
  await db.write(insertRows, { table: "retention_items", rows: items });
  return id;
}

/** What a job in the background looks like that was not given to anybody yet. */
const JOB: Readonly<Record<string, string | number | null>> = {
  // Nobody here does this kind: it stays as it was written.
  kind: "test.nothing",
  payload: "{}",
  state: "waiting",
  unique_key: null,
  priority: 1,
  attempts: 0,
  max_attempts: 10,
  lease_owner: null,
  lease_until: null,
  cancel_asked: 0,
  progress_done: null,
  progress_total: null,
  error: null,
  started_at: null,
  finished_at: null,
};

/** Writes a job that nobody enqueued; gives its id. */
export async function plantJob(
  db: Database,
  more: Readonly<Record<string, string | number | null>> = {},
): Promise<string> {
  const now = Date.now();
  const id = newId(now);
  const row = { ...JOB, id, run_at: now, created_at: now, ...more };
  await db.write(insertRows, { table: "jobs", rows: [row] });
  return id;
}

/** Writes a scrub that nobody works on; gives its id. */
export async function plantScrub(db: Database, state: "running" | "paused"): Promise<string> {
  const now = Date.now();
  const none = { blobs: 0, manifests: 0, bytes: 0, total_bytes: 0, damaged: 0, unreadable: 0 };
  const row = {
    id: newId(now),
    scope: "repository",
    repository_id: GHOST_ID,
    repository: "gone/away",
    digest: null,
    state,
    shift: 1,
    phase: "blobs",
    position: "",
    started_at: now,
    started_by: "system",
    finished_at: null,
    ...none,
  };
  await db.write(insertRows, { table: "scrubs", rows: [row] });
  return row.id;
}

/** Writes a finding that nobody made, of content that nobody has. */
export async function plantFinding(
  db: Database,
  letter: string,
  kind: "corrupt" | "unreadable" = "corrupt",
): Promise<void> {
  const now = Date.now();
  const row = {
    id: newId(now),
    object: "blob",
    kind,
    digest: `sha256:${letter.repeat(64)}`,
    repository_id: "",
    location: null,
    expected_size: 10,
    seen_size: 10,
    seen_digest: null,
    found_at: now,
    seen_at: now,
    closed_at: null,
    closed_as: null,
  };
  await db.write(insertRows, { table: "findings", rows: [row] });
}
