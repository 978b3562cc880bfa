import { createHash } from "node:crypto";
import type { SeededRandom } from "../../src/commands/bench/payload/random.ts";
import { newId } from "../../src/kernel/ids.ts";
import { OCI_MANIFEST } from "../../src/oci/media-types.ts";
import type { Database } from "../../src/platform/database/port.ts";
import { insertRows, type Rows } from "../../tests/support/rows.ts";

/** How much a registry holds. */
export interface Size {
  readonly projects: number;
  readonly repositories: number;
  readonly tags: number;
  /** Tags of one repository that has far more than the others. */
  readonly crowded: number;
}

const AREAS = ["web", "data", "infra", "mobile", "search", "billing", "media", "identity"];
const THINGS = ["api", "worker", "proxy", "frontend", "cache", "gateway", "scheduler", "agent"];
const VENDORS = ["acme", "globex", "initech", "umbrella"];
const STEP = 1_000;
const NOW = 1_790_000_000_000;

/** Where the repository with very many tags is. */
export const CROWDED = { project: "team-00000", repository: "crowded" };

export function projectName(number: number): string {
  return `team-${String(number).padStart(5, "0")}`;
}

export function repositoryName(project: string, number: number): string {
  const area = AREAS[number % AREAS.length];
  const thing = THINGS[Math.floor(number / AREAS.length) % THINGS.length];
  return `${project}/${area}/${thing}-${number}`;
}

/** Writes rows a thousand at a time. */
class Filler {
  readonly #db: Database;
  readonly #waiting = new Map<Rows["table"], Rows["rows"][number][]>();

  constructor(db: Database) {
    this.#db = db;
  }

  async add(table: Rows["table"], row: Rows["rows"][number]): Promise<void> {
    const rows = this.#waiting.get(table) ?? [];
    this.#waiting.set(table, rows);
    rows.push(row);
    if (rows.length >= STEP) await this.flush();
  }

  /** Everything in the order in which the tables were first used: a row after what it refers to. */
  async flush(): Promise<void> {
    for (const [table, rows] of this.#waiting) {
      const batch = rows.splice(0);
      if (batch.length > 0) await this.#db.write(insertRows, { table, rows: batch });
    }
  }
}

function tagOf(random: SeededRandom, number: number, repository: string): string {
  const { length } = AREAS;
  const [major, minor] = [1 + random.below(4), random.below(40)];
  switch (number % 10) {
    case 0:
      return "latest";
    case 1:
      return `1.${random.below(length)}-alpine-${number}`;
    case 2:
      return `main-${createHash("sha1").update(`${repository}${number}`).digest("hex").slice(0, 10)}`;
    case 3:
      return `v${major}.${minor}.${number}`;
    default:
      return `${major}.${minor}.${number}`;
  }
}

function annotationsOf(random: SeededRandom, repository: string, revision: string): string {
  return JSON.stringify({
    "org.opencontainers.image.title": repository.split("/").at(-1),
    "org.opencontainers.image.vendor": VENDORS[random.below(VENDORS.length)],
    "org.opencontainers.image.revision": revision,
    "org.opencontainers.image.created": new Date(NOW - random.below(1e9)).toISOString(),
  });
}

/** Fills an empty database with projects, repositories, artifacts (one for two tags) and tags. */
export async function fill(db: Database, random: SeededRandom, size: Size): Promise<void> {
  const filler = new Filler(db);
  const projects: string[] = [];
  for (let at = 0; at < size.projects; at++) {
    const id = newId(NOW + at);
    projects.push(id);
    const isPublic = at % 100 === 0 ? 1 : 0;
    const row = { id, name: projectName(at), created_at: NOW, deleted_at: null, public: isPublic };
    await filler.add("projects", row);
  }
  await filler.flush();
  const each = Math.max(1, Math.floor((size.tags - size.crowded) / size.repositories));
  for (let at = -1; at < size.repositories; at++) {
    const project = Math.max(0, at) % size.projects;
    const name =
      at < 0
        ? `${CROWDED.project}/${CROWDED.repository}`
        : repositoryName(projectName(project), at);
    await fillRepository(filler, random, {
      id: newId(NOW + size.projects + at + 1),
      projectId: projects[project] ?? "",
      name,
      tags: at < 0 ? size.crowded : each,
    });
  }
  await filler.flush();
}

interface Filled {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly tags: number;
}

async function fillRepository(
  filler: Filler,
  random: SeededRandom,
  { id, projectId, name, tags }: Filled,
): Promise<void> {
  const common = { created_at: NOW, deleted_at: null, updated_at: NOW };
  await filler.add("repositories", { id, project_id: projectId, name, ...common });
  const by = "bench";
  let digest = "";
  for (let at = 0; at < tags; at++) {
    if (at % 2 === 0) {
      const revision = createHash("sha256").update(`${name} ${at}`).digest("hex");
      digest = `sha256:${revision}`;
      await filler.add("manifests", {
        repository_id: id,
        digest,
        media_type: OCI_MANIFEST,
        artifact_type: null,
        subject: null,
        size: 2,
        annotations: annotationsOf(random, name, revision.slice(24)),
        pushed_at: NOW + at,
        pushed_by: by,
        deleted_at: null,
        deleted_by: null,
        reclaim_after: null,
        payload: new Uint8Array([123, 125]),
      });
    }
    const tag = at < 10 ? tagOf(random, at, name) : `${tagOf(random, 4, name)}-${at}`;
    const row = { repository_id: id, name: tag, manifest: digest };
    await filler.add("tags", { ...row, updated_at: NOW + at, updated_by: by });
  }
}
