import { failure } from "../../kernel/errors/catalogue.ts";
import type { Reference, RepositoryName } from "../../oci/name.ts";
import type { Database } from "../../platform/database/port.ts";
import { NEVER } from "../projects/rules.ts";
import { weighArtifacts } from "./artifacts.ts";
import { Gate } from "./gate.ts";
import { weighProject, weighRepository } from "./places.ts";
import type { ArtifactSpace, Horizon, PlaceSpace } from "./space.ts";
import { liveAmong, type Standing, standingOf, taggedWith } from "./store/closure.ts";

/** How exactly something is asked for. */
export interface Looking {
  readonly horizon: Horizon;
  /** Ends the look when whoever asked has left. */
  readonly signal: AbortSignal;
}

/** What content takes up, exactly, as of now. All throw `lens.busy` when many ask at once. */
export interface Lens {
  /**
   * Of artifacts with what belongs to them. Throws `repository.unknown`, `manifest.unknown`,
   * `lens.too_large`.
   */
  ofArtifacts(
    name: RepositoryName,
    references: readonly Reference[],
    looking: Looking,
  ): Promise<ArtifactSpace>;
  /** Throws `repository.unknown`. */
  ofRepository(name: RepositoryName, looking: Looking): Promise<PlaceSpace>;
  ofProject(projectId: string, looking: Looking): Promise<PlaceSpace>;
}

export interface LensParts {
  readonly db: Database;
  readonly settings: {
    /** After how long untagged manifests go that nothing holds; null for never. */
    readonly untaggedAfter: number | null;
  };
}

/** Opens the room; see `Lens`. */
export function openLens({ db, settings }: LensParts): Lens {
  const gate = new Gate({ most: 2, waiting: 32 });

  async function require(name: RepositoryName): Promise<Standing> {
    const found = await standingOf(db, name);
    if (found === undefined) throw failure("repository.unknown", { name });
    return found;
  }

  async function digestOf(id: string, name: string, reference: Reference): Promise<string> {
    const digest =
      reference.kind === "digest" ? reference.digest : await taggedWith(db, id, reference.tag);
    const shown = reference.kind === "digest" ? reference.digest : reference.tag;
    const [live] = digest === undefined ? [] : await liveAmong(db, id, [digest]);
    if (live === undefined) throw failure("manifest.unknown", { name, reference: shown });
    return live.digest;
  }

  return {
    async ofArtifacts(name, references, { horizon, signal }) {
      const { id, projectId, untaggedAfter } = await require(name);
      const roots: string[] = [];
      for (const each of references) roots.push(await digestOf(id, name, each));
      const rule = untaggedAfter ?? settings.untaggedAfter;
      return await gate.pass(() =>
        weighArtifacts({
          db,
          signal,
          repositoryId: id,
          roots,
          within: horizon === "project" ? projectId : undefined,
          goByThemselves: rule !== null && rule !== NEVER,
        }),
      );
    },
    async ofRepository(name, { horizon, signal }) {
      const { id, projectId } = await require(name);
      const within = horizon === "project" ? projectId : undefined;
      return await gate.pass(() => weighRepository({ db, signal }, id, within));
    },
    async ofProject(projectId, { horizon, signal }) {
      const isAlone = horizon === "project";
      return await gate.pass(() => weighProject({ db, signal }, projectId, { isAlone }));
    },
  };
}
