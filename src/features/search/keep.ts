import type { AnyEvent } from "../../kernel/events.ts";
import type { Database } from "../../platform/database/port.ts";
import type { BundleListener } from "../../platform/jobs/outbox/listeners.ts";
import type { InventoryReads } from "./store/inventory.ts";
import { keepIndex, type TouchedRepository } from "./store/write.ts";

export const KEEP = "search.keep";

const KINDS = [
  "project.created",
  "repository.created",
  "manifest.pushed",
  "manifest.deleted",
  "artifact.described",
  "tag.moved",
  "tag.deleted",
] as const;

type Heard = (typeof KINDS)[number];

type Labels = Readonly<Record<string, string>> | null;

/** What one or several events touched in a repository. */
class Touches {
  readonly tags = new Set<string>();
  readonly #artifacts = new Map<string, Labels>();

  artifact(digest: string, labels: Labels): void {
    this.#artifacts.set(digest, labels ?? this.#artifacts.get(digest) ?? null);
  }

  of(id: string): TouchedRepository {
    const artifacts = [...this.#artifacts].map(([digest, labels]) => ({ digest, labels }));
    return { id, tags: [...this.tags], artifacts };
  }
}

function touch(touches: Touches, event: AnyEvent): void {
  switch (event.kind) {
    case "manifest.pushed":
    case "manifest.deleted":
      touches.artifact(event.payload.digest, null);
      for (const tag of event.payload.tags) touches.tags.add(tag);
      break;
    case "artifact.described":
      touches.artifact(event.payload.digest, event.payload.labels);
      break;
    case "tag.moved":
    case "tag.deleted":
      touches.tags.add(event.payload.tag);
      break;
    case "repository.created":
    case "project.created":
      break;
  }
}

/** Touched repositories in each write: it holds up other writers, so there are not many. */
const AT_ONCE = 40;

/** Keeps the index as events tell of changes. */
export function keepListener(db: Database, reads: InventoryReads): BundleListener<Heard> {
  return {
    name: KEEP,
    kinds: KINDS,
    async handleAll(events, { signal }) {
      const projects = new Map<string, Map<string, Touches>>();
      const repositories = new Map<string, Touches>();
      for (const event of events) {
        if (event.kind === "project.created") {
          projects.set(event.payload.projectId, new Map());
          continue;
        }
        const { repositoryId } = event.payload;
        const touches = repositories.get(repositoryId) ?? new Touches();
        repositories.set(repositoryId, touches);
        touch(touches, event);
      }
      const owners = await reads.projectsOf([...repositories.keys()]);
      for (const [id, touches] of repositories) {
        const projectId = owners.get(id);
        if (projectId === undefined) continue;
        const those = projects.get(projectId) ?? new Map<string, Touches>();
        projects.set(projectId, those.set(id, touches));
      }
      for (const [projectId, those] of projects) {
        const touched = [...those].map(([id, touches]) => touches.of(id));
        for (let at = 0; at === 0 || at < touched.length; at += AT_ONCE) {
          signal.throwIfAborted();
          await db.write(keepIndex, { projectId, repositories: touched.slice(at, at + AT_ONCE) });
        }
      }
    },
  };
}
