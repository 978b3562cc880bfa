import { type AnyProcedure, procedure, type Tx } from "../../../platform/database/port.ts";
import { type FieldText, textsOfArtifact } from "../rules-texts.ts";
import { forBatches, inBatches } from "./batches.ts";
import { dropUnheld, findTexts, keepTexts } from "./texts.ts";

export interface TouchedArtifact {
  readonly digest: string;
  /** What its image says of itself; null where that is not known, and then nothing is taken away. */
  readonly labels: Readonly<Record<string, string>> | null;
}

/** What changed in a repository: what became of it is looked up. */
export interface TouchedRepository {
  readonly id: string;
  readonly tags: readonly string[];
  readonly artifacts: readonly TouchedArtifact[];
}

export interface Touched {
  readonly projectId: string;
  readonly repositories: readonly TouchedRepository[];
}

interface Held {
  readonly repository: number;
  readonly text: FieldText;
  /** The artifact that has it; undefined for a name or a tag. */
  readonly artifact: number | undefined;
}

/** Locks the project for this transaction, so that one node at a time writes of it. */
async function lockProject(tx: Tx, id: string): Promise<number> {
  await tx
    .insertInto("search_projects")
    .values({ project_id: id })
    .onConflict((c) => c.column("project_id").doNothing())
    .execute();
  const row = await tx
    .selectFrom("search_projects")
    .select("number")
    .where("project_id", "=", id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.number;
}

async function numberRepositories(
  tx: Tx,
  project: number,
  ids: readonly string[],
): Promise<Map<string, number>> {
  await tx
    .insertInto("search_repositories")
    .values(ids.map((repository_id) => ({ repository_id, project })))
    .onConflict((c) => c.column("repository_id").doNothing())
    .execute();
  const rows = await tx
    .selectFrom("search_repositories")
    .select(["number", "repository_id"])
    .where("repository_id", "in", ids)
    .execute();
  return new Map(rows.map((row) => [row.repository_id, row.number]));
}

/** Parses the annotations as they are stored. */
function annotationsOf(stored: string | null): Readonly<Record<string, unknown>> {
  return stored === null ? {} : JSON.parse(stored);
}

async function hold(tx: Tx, project: number, held: readonly Held[]): Promise<void> {
  const texts = await keepTexts(
    tx,
    project,
    held.map(({ text }) => text),
  );
  const rows = held.map(({ text, repository, artifact }) => {
    return { text: texts.number(text), repository, artifact };
  });
  const holders = new Map(
    rows.map(({ text, repository }) => [`${text} ${repository}`, { text, repository }]),
  );
  await forBatches([...holders.values()], (batch) =>
    tx
      .insertInto("search_holders")
      .values([...batch])
      .onConflict((c) => c.doNothing())
      .execute(),
  );
  const attributes = rows.flatMap(({ artifact, ...row }) =>
    artifact === undefined ? [] : [{ ...row, artifact }],
  );
  await forBatches(attributes, (batch) =>
    tx
      .insertInto("search_attributes")
      .values([...batch])
      .onConflict((c) => c.doNothing())
      .execute(),
  );
}

/** Takes tags that are gone from a repository. */
async function dropTags(tx: Tx, project: number, repository: number, tags: readonly string[]) {
  const texts = await findTexts(
    tx,
    project,
    tags.map((text) => ({ field: "tag", text })),
  );
  const numbers = texts.map(({ number }) => number);
  await forBatches(numbers, (batch) =>
    tx
      .deleteFrom("search_holders")
      .where("repository", "=", repository)
      .where("text", "in", batch)
      .execute(),
  );
  await dropUnheld(tx, project, numbers);
}

/** Takes artifacts that are gone from a repository. */
async function dropArtifacts(
  tx: Tx,
  project: number,
  repository: number,
  digests: readonly string[],
): Promise<void> {
  const artifacts = await inBatches(digests, (batch) =>
    tx
      .deleteFrom("search_artifacts")
      .where("repository", "=", repository)
      .where("digest", "in", batch)
      .returning("number")
      .execute(),
  );
  const attributes = await inBatches(artifacts, (batch) =>
    tx
      .deleteFrom("search_attributes")
      .where(
        "artifact",
        "in",
        batch.map(({ number }) => number),
      )
      .returning("text")
      .execute(),
  );
  const texts = [...new Set(attributes.map(({ text }) => text))];
  await forBatches(texts, (batch) =>
    tx
      .deleteFrom("search_holders")
      .where("repository", "=", repository)
      .where("text", "in", batch)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("search_attributes as a")
              .select("a.artifact")
              .whereRef("a.text", "=", "search_holders.text")
              .where("a.repository", "=", repository),
          ),
        ),
      )
      .execute(),
  );
  await dropUnheld(tx, project, texts);
}

async function numberArtifacts(
  tx: Tx,
  repository: number,
  digests: readonly string[],
): Promise<Map<string, number>> {
  const rows = await inBatches(digests, async (batch) => {
    await tx
      .insertInto("search_artifacts")
      .values(batch.map((digest) => ({ repository, digest })))
      .onConflict((c) => c.columns(["repository", "digest"]).doNothing())
      .execute();
    return await tx
      .selectFrom("search_artifacts")
      .select(["number", "digest"])
      .where("repository", "=", repository)
      .where("digest", "in", batch)
      .execute();
  });
  return new Map(rows.map(({ digest, number }) => [digest, number]));
}

async function tagsThere(tx: Tx, id: string, tags: readonly string[]): Promise<Set<string>> {
  const rows = await inBatches(tags, (batch) =>
    tx
      .selectFrom("tags")
      .select("name")
      .where("repository_id", "=", id)
      .where("name", "in", batch)
      .execute(),
  );
  return new Set(rows.map(({ name }) => name));
}

function artifactsThere(tx: Tx, id: string, touched: readonly TouchedArtifact[]) {
  return inBatches(touched, (batch) =>
    tx
      .selectFrom("manifests")
      .select(["digest", "media_type", "artifact_type", "annotations"])
      .where("repository_id", "=", id)
      .where("deleted_at", "is", null)
      .where(
        "digest",
        "in",
        batch.map(({ digest }) => digest),
      )
      .execute(),
  );
}

/** What a repository has now of what was touched, after what it has no more was taken away. */
async function lookUp(
  tx: Tx,
  project: number,
  repository: number,
  touched: TouchedRepository,
): Promise<Held[]> {
  const there = await tagsThere(tx, touched.id, touched.tags);
  const rows = await artifactsThere(tx, touched.id, touched.artifacts);
  const live = new Set(rows.map(({ digest }) => digest));
  const goneTags = touched.tags.filter((tag) => !there.has(tag));
  const gone = touched.artifacts.flatMap(({ digest }) => (live.has(digest) ? [] : [digest]));
  if (goneTags.length > 0) await dropTags(tx, project, repository, goneTags);
  if (gone.length > 0) await dropArtifacts(tx, project, repository, gone);
  const labels = new Map(touched.artifacts.map((each) => [each.digest, each.labels]));
  const numbers = await numberArtifacts(tx, repository, [...live]);
  const tags = [...there].map((text): FieldText => ({ field: "tag", text }));
  return [
    ...tags.map((text) => ({ repository, text, artifact: undefined })),
    ...rows.flatMap((row) =>
      textsOfArtifact({
        mediaType: row.media_type,
        artifactType: row.artifact_type,
        annotations: annotationsOf(row.annotations),
        labels: labels.get(row.digest) ?? {},
      }).map((text) => ({ repository, text, artifact: numbers.get(row.digest) })),
    ),
  ];
}

/**
 * Brings the index up to what is stored now, as far as it was touched. It may be done twice, late,
 * and in any order: nothing is believed but what is there.
 */
export const keepIndex = procedure(
  "search.keep",
  async (tx, { projectId, repositories }: Touched): Promise<void> => {
    const project = await tx
      .selectFrom("projects")
      .select("name")
      .where("id", "=", projectId)
      .executeTakeFirst();
    if (project === undefined) return;
    const number = await lockProject(tx, projectId);
    await keepTexts(tx, number, [{ field: "project", text: project.name }]);
    const byId = new Map(repositories.map((each) => [each.id, each]));
    if (byId.size === 0) return;
    const names = await tx
      .selectFrom("repositories")
      .select(["id", "name"])
      .where("id", "in", [...byId.keys()])
      .where("project_id", "=", projectId)
      .execute();
    if (names.length === 0) return;
    const numbers = await numberRepositories(
      tx,
      number,
      names.map(({ id }) => id),
    );
    const held: Held[] = [];
    for (const { id, name } of names) {
      const repository = numbers.get(id);
      const touched = byId.get(id);
      if (repository === undefined || touched === undefined) continue;
      const text: FieldText = { field: "repository", text: name };
      held.push({ repository, text, artifact: undefined });
      held.push(...(await lookUp(tx, number, repository, touched)));
    }
    await hold(tx, number, held);
  },
);

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

/** Writes down with which version of the rules everything that was there has been indexed. */
export const keepVersion = procedure(
  "search.keep-version",
  async (tx, { version }: { readonly version: number }): Promise<void> => {
    const value = String(version);
    await tx
      .insertInto("settings")
      .values({ name: "search.version", value })
      .onConflict((c) => c.column("name").doUpdateSet({ value }))
      .execute();
  },
);

export const searchProcedures: readonly AnyProcedure[] = [keepIndex, clearIndex, keepVersion];
