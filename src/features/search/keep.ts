import type { AnyEvent } from "../../kernel/events.ts";
import type { Database } from "../../platform/database/port.ts";
import type { BundleListener } from "../../platform/jobs/outbox/listeners.ts";
import { forgetRepository } from "./store/forget.ts";
import type { TouchedRepository } from "./store/touched.ts";
import { keepIndex } from "./store/write.ts";

export const KEEP = "search.keep";

const KINDS = [
  "project.created",
  "repository.created",
  "repository.reclaimed",
  "manifest.pushed",
  "manifest.deleted",
  "manifest.restored",
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
    case "manifest.restored":
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
    case "repository.reclaimed":
    case "project.created":
      break;
  }
}

/** Touched repositories in each write: it holds up other writers, so there are not many. */
const AT_ONCE = 40;

/** Keeps the index as events tell of changes. */
export function keepListener(db: Database): BundleListener<Heard> {
  return {
    name: KEEP,
    kinds: KINDS,
    async handleAll(events, { signal }) {
      const projects = new Set<string>();
      const repositories = new Map<string, Touches>();
      const gone = new Set<string>();
      for (const event of events) {
        if (event.kind === "project.created") {
          projects.add(event.payload.projectId);
          continue;
        }
        const { repositoryId } = event.payload;
        if (event.kind === "repository.reclaimed") {
          gone.add(repositoryId);
          continue;
        }
        const touches = repositories.get(repositoryId) ?? new Touches();
        repositories.set(repositoryId, touches);
        touch(touches, event);
      }
      const touched = [...repositories].map(([id, touches]) => touches.of(id));
      if (projects.size > 0)
        await db.write(keepIndex, { projects: [...projects], repositories: [] });
      for (let at = 0; at < touched.length; at += AT_ONCE) {
        signal.throwIfAborted();
        await db.write(keepIndex, { projects: [], repositories: touched.slice(at, at + AT_ONCE) });
      }
      for (const id of gone) {
        let isLeft = true;
        while (isLeft) {
          signal.throwIfAborted();
          isLeft = await db.write(forgetRepository, { id });
        }
      }
    },
  };
}
