import { Failure } from "../../src/kernel/errors/catalogue.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import { doer } from "../support/content-bench.ts";
import type { ReclaimBench } from "./bench.ts";
import type { Model } from "./model.ts";
import type { Restoring, Write } from "./steps.ts";

/** What of a history's numbers is meant. */
export interface Asked {
  readonly name: string;
  readonly digest: Digest | undefined;
  readonly tag: string;
}

const DOINGS: readonly string[] = [
  "restore",
  "empty",
  "restore-tag",
  "delete-repository",
  "restore-repository",
  "empty-repository",
] satisfies Restoring["do"][];

/** How a request to the trash may be refused. */
const CLEAR = ["trash.unknown", "trash.tag_taken", "repository.unknown", "repository.exists"];

export function isRestoring(write: Write): write is Restoring {
  return DOINGS.includes(write.do);
}

/** Deletes repositories, restores and empties, and tells the model of what was acknowledged. */
export class Restorer {
  readonly #bench: ReclaimBench;
  readonly #model: Model;
  readonly #wrong: string[];

  constructor(bench: ReclaimBench, model: Model, wrong: string[]) {
    this.#bench = bench;
    this.#model = model;
    this.#wrong = wrong;
  }

  /** Whether the model promises that it can be done. */
  isOwed(write: Restoring, { name, digest, tag }: Asked): boolean {
    const now = this.#bench.clock.now();
    const { shelf } = this.#model;
    const key = shelf.current(name);
    const isThere = (each: string) =>
      this.#model.isLive(key, each) || this.#model.mustBeTrashed(key, each, now);
    switch (write.do) {
      case "restore":
      case "empty":
        return digest !== undefined && this.#model.mustBeTrashed(key, digest, now);
      case "restore-tag": {
        const last = this.#model.lastOf(key, tag);
        return last !== undefined && isThere(last);
      }
      case "delete-repository":
        return shelf.isLive(name);
      case "restore-repository":
      case "empty-repository": {
        const found = shelf.deleted(name, write.which);
        const isFree = write.do === "empty-repository" || !shelf.isLive(name);
        return found !== undefined && isFree && shelf.mustBeTrashed(found.key, now);
      }
    }
  }

  /** Throws the refusal, if it is one. */
  async write(write: Restoring, asked: Asked): Promise<void> {
    try {
      if (write.do === "restore-repository" || write.do === "empty-repository") {
        await this.#repository(write, asked.name);
      } else {
        await this.#content(write, asked);
      }
    } catch (error) {
      if (error instanceof Failure && !CLEAR.includes(error.code)) {
        this.#wrong.push(`${JSON.stringify(write)} was refused as ${error.code}`);
      }
      throw error;
    }
  }

  async #repository(
    write: Restoring & { readonly do: "restore-repository" | "empty-repository" },
    name: string,
  ): Promise<void> {
    const { trash, db } = this.#bench;
    const { shelf } = this.#model;
    const found = shelf.deleted(name, write.which);
    if (found === undefined) return;
    const project = await db.read
      .selectFrom("projects")
      .select("id")
      .where("name", "=", name.slice(0, name.indexOf("/")))
      .executeTakeFirstOrThrow();
    const which = { id: found.id, projectId: project.id };
    if (write.do === "restore-repository") {
      await trash.restoreRepository(doer, which);
      this.#wrong.push(...shelf.restored(found.key));
    } else {
      await trash.emptyRepository(doer, which);
      this.#wrong.push(...shelf.emptied(found.key));
    }
  }

  async #content(write: Restoring, { name, digest, tag }: Asked): Promise<void> {
    const { trash, clock } = this.#bench;
    const model = this.#model;
    const repository = parseRepositoryName(name);
    const key = model.shelf.current(name);
    switch (write.do) {
      case "restore": {
        if (digest === undefined) return;
        const tags = await trash.restoreArtifact(doer, repository, digest);
        const due = model.tagsToCome(key, digest);
        if (JSON.stringify(tags) !== JSON.stringify(due)) {
          this.#wrong.push(`${key} ${digest} came back with tags ${tags} and not ${due}`);
        }
        this.#wrong.push(
          ...model.restored({ repository: key, digest, tags, by: "digest" }, clock.now()),
        );
        break;
      }
      case "empty":
        if (digest === undefined) return;
        await trash.emptyArtifact(doer, repository, digest);
        model.emptied(key, digest, clock.now());
        break;
      case "restore-tag": {
        if (model.isUnclear(key, tag)) return;
        const last = model.lastOf(key, tag);
        await trash.restoreTag(doer, repository, parseTag(tag));
        if (last === undefined) this.#wrong.push(`${key} ${tag} came back over another`);
        else {
          const restored = { repository: key, digest: last, tags: [tag], by: "tag" } as const;
          this.#wrong.push(...model.restored(restored, clock.now()));
        }
        break;
      }
      case "delete-repository":
        await trash.deleteRepository(doer, repository);
        this.#wrong.push(...model.shelf.deletedNow(key, clock.now()));
        break;
    }
  }
}
