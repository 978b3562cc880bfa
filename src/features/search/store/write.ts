import { type AnyProcedure, procedure, type Tx } from "../../../platform/database/port.ts";
import { markVersion } from "../../../platform/database/version-mark.ts";
import { textsOfArtifact } from "../rules-texts.ts";
import { inBatches } from "./batches.ts";
import { forgetRepository } from "./forget.ts";
import { dropArtifacts, dropTags, type Holder, hold, numberArtifacts } from "./holders.ts";
import { keepTexts } from "./texts.ts";
import {
  artifactsThere,
  type Item,
  lockProjects,
  type Numbered,
  numberRepositories,
  type Touched,
  tagsThere,
} from "./touched.ts";

/** Where it is noted by which rules the index was made. */
export const VERSION_MARK = "search.version";

const keyOf = ({ id, name }: Item) => `${id} ${name}`;

/** Locks what was touched, and gives those of its repositories that are there. */
async function begin(tx: Tx, touched: Touched): Promise<Numbered[]> {
  const byId = new Map(touched.repositories.map((each) => [each.id, each]));
  const repositories = await inBatches([...byId.keys()], (batch) =>
    tx
      .selectFrom("repositories")
      .select(["id", "name", "project_id"])
      .where("id", "in", batch)
      .execute(),
  );
  const ids = [...touched.projects, ...repositories.map((row) => row.project_id)];
  const projects = await inBatches([...new Set(ids)], (batch) =>
    tx.selectFrom("projects").select(["id", "name"]).where("id", "in", batch).execute(),
  );
  const numbers = await lockProjects(
    tx,
    projects.map(({ id }) => id),
  );
  await keepTexts(
    tx,
    projects.map(({ id, name }) => {
      return { project: numbers.get(id) ?? 0, field: "project", text: name };
    }),
  );
  const placed = repositories.map(({ id, name, project_id }) => {
    return { id, name, project: numbers.get(project_id) ?? 0 };
  });
  const own = await numberRepositories(tx, placed);
  return placed.flatMap((each) => {
    const repository = own.get(each.id);
    const those = byId.get(each.id);
    return repository === undefined || those === undefined
      ? []
      : [{ ...those, ...each, repository }];
  });
}

/** Takes tags away that are gone, and gives the holders of those that are there. */
async function ofTags(tx: Tx, repositories: readonly Numbered[]): Promise<Holder[]> {
  const all = repositories.flatMap(({ id, repository, project, tags }) =>
    tags.map((name) => ({ id, name, repository, project })),
  );
  const there = new Set((await tagsThere(tx, all)).map(keyOf));
  const gone = all.filter((each) => !there.has(keyOf(each)));
  await dropTags(
    tx,
    gone.map(({ project, repository, name }) => ({ project, repository, tag: name })),
  );
  return all
    .filter((each) => there.has(keyOf(each)))
    .map(({ project, repository, name }) => {
      return { text: { project, field: "tag", text: name }, repository, artifact: undefined };
    });
}

/** Parses the annotations as they are stored. */
function annotationsOf(stored: string | null): Readonly<Record<string, unknown>> {
  return stored === null ? {} : JSON.parse(stored);
}

/** Takes artifacts away that are gone, and gives the holders of what others say of themselves. */
async function ofArtifacts(tx: Tx, repositories: readonly Numbered[]): Promise<Holder[]> {
  const all = repositories.flatMap(({ id, repository, project, artifacts }) =>
    artifacts.map(({ digest, labels }) => ({
      id,
      name: digest,
      digest,
      labels,
      repository,
      project,
    })),
  );
  const rows = await artifactsThere(tx, all);
  const there = new Map(rows.map((row) => [keyOf({ id: row.id, name: row.digest }), row]));
  await dropArtifacts(
    tx,
    all.filter((each) => !there.has(keyOf(each))),
  );
  const live = all.filter((each) => there.has(keyOf(each)));
  const numberOf = await numberArtifacts(tx, live);
  return live.flatMap((each): Holder[] => {
    const row = there.get(keyOf(each));
    if (row === undefined) return [];
    const { project, repository } = each;
    const artifact = numberOf(each);
    return textsOfArtifact({
      mediaType: row.media_type,
      artifactType: row.artifact_type,
      annotations: annotationsOf(row.annotations),
      labels: each.labels ?? {},
    }).map((text) => ({ text: { ...text, project }, repository, artifact }));
  });
}

/**
 * Brings the index up to what is stored now, as far as it was touched. It may be done twice, late,
 * and in any order: nothing is believed but what is there.
 */
export const keepIndex = procedure("search.keep", async (tx, touched: Touched): Promise<void> => {
  const repositories = await begin(tx, touched);
  const names = repositories.map(({ project, repository, name }): Holder => {
    return { text: { project, field: "repository", text: name }, repository, artifact: undefined };
  });
  const tags = await ofTags(tx, repositories);
  const artifacts = await ofArtifacts(tx, repositories);
  await hold(tx, [...names, ...tags, ...artifacts]);
});

/** Empties the index, to be filled anew; the numbers of projects and repositories stay theirs. */
export const clearIndex = procedure("search.clear", async (tx): Promise<void> => {
  for (const table of [
    "search_terms",
    "search_holders",
    "search_attributes",
    "search_texts",
    "search_artifacts",
  ] as const) {
    await tx.deleteFrom(table).execute();
  }
});

/** Notes by which rules everything that was there has been indexed. */
export const keepVersion = procedure(
  "search.keep-version",
  (tx, { version }: { readonly version: number }): Promise<void> =>
    markVersion(tx, VERSION_MARK, version),
);

export const searchProcedures: readonly AnyProcedure[] = [
  keepIndex,
  clearIndex,
  keepVersion,
  forgetRepository,
];
