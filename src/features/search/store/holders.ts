import type { Tx } from "../../../platform/database/port.ts";
import { forBatches, inBatches } from "./batches.ts";
import { dropUnheld, findTexts, keepTexts, type ProjectText } from "./texts.ts";

/** Something that has a text: a repository in its name or on a tag, or an artifact in it. */
export interface Holder {
  readonly text: ProjectText;
  readonly repository: number;
  readonly artifact: number | undefined;
}

/** An artifact in a repository, by the repository's number. */
export interface Place {
  readonly repository: number;
  readonly digest: string;
}

/** Writes down who has which text. */
export async function hold(tx: Tx, holders: readonly Holder[]): Promise<void> {
  const texts = await keepTexts(
    tx,
    holders.map(({ text }) => text),
  );
  const rows = holders.map(({ text, repository, artifact }) => {
    return { text: texts.of(text), repository, artifact };
  });
  const pairs = new Map(
    rows.map(({ text, repository }) => [`${text} ${repository}`, { text, repository }]),
  );
  await forBatches([...pairs.values()], (batch) =>
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

interface Pair {
  readonly repository: number;
  readonly text: number;
}

/** Takes texts from repositories, where no artifact of them has them; and what nobody has then. */
async function release(tx: Tx, pairs: readonly Pair[]): Promise<void> {
  await forBatches(pairs, (batch) => {
    const groups = Map.groupBy(batch, ({ repository }) => repository);
    return tx
      .deleteFrom("search_holders")
      .where((eb) =>
        eb.or(
          [...groups].map(([repository, those]) =>
            eb.and([
              eb("repository", "=", repository),
              eb("text", "in", [...new Set(those.map(({ text }) => text))]),
            ]),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("search_attributes as a")
              .select("a.artifact")
              .whereRef("a.text", "=", "search_holders.text")
              .whereRef("a.repository", "=", "search_holders.repository"),
          ),
        ),
      )
      .execute();
  });
  await dropUnheld(
    tx,
    pairs.map(({ text }) => text),
  );
}

/** Takes tags that are gone. */
export async function dropTags(
  tx: Tx,
  gone: readonly { readonly project: number; readonly repository: number; readonly tag: string }[],
): Promise<void> {
  if (gone.length === 0) return;
  const texts = await findTexts(
    tx,
    gone.map(({ project, tag }) => ({ project, field: "tag", text: tag })),
  );
  const numbers = new Map(texts.map(({ project, text, number }) => [`${project} ${text}`, number]));
  const pairs = gone.flatMap(({ project, repository, tag }) => {
    const text = numbers.get(`${project} ${tag}`);
    return text === undefined ? [] : [{ repository, text }];
  });
  await release(tx, pairs);
}

function inPlaces(places: readonly Place[]): [number, string[]][] {
  const groups = Map.groupBy(places, ({ repository }) => repository);
  return [...groups].map(([repository, those]) => [repository, those.map(({ digest }) => digest)]);
}

/** Takes artifacts that are gone, with what they alone had. */
export async function dropArtifacts(tx: Tx, gone: readonly Place[]): Promise<void> {
  const artifacts = await inBatches(gone, (batch) =>
    tx
      .deleteFrom("search_artifacts")
      .where((eb) =>
        eb.or(
          inPlaces(batch).map(([repository, digests]) =>
            eb.and([eb("repository", "=", repository), eb("digest", "in", digests)]),
          ),
        ),
      )
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
      .returning(["repository", "text"])
      .execute(),
  );
  await release(tx, attributes);
}

/** The numbers of artifacts, new ones for those that have none, by repository and digest. */
export async function numberArtifacts(
  tx: Tx,
  places: readonly Place[],
): Promise<(place: Place) => number | undefined> {
  const rows = await inBatches(places, async (batch) => {
    await tx
      .insertInto("search_artifacts")
      .values(batch.map(({ repository, digest }) => ({ repository, digest })))
      .onConflict((c) => c.columns(["repository", "digest"]).doNothing())
      .execute();
    return await tx
      .selectFrom("search_artifacts")
      .select(["number", "repository", "digest"])
      .where((eb) =>
        eb.or(
          inPlaces(batch).map(([repository, digests]) =>
            eb.and([eb("repository", "=", repository), eb("digest", "in", digests)]),
          ),
        ),
      )
      .execute();
  });
  const numbers = new Map(rows.map((row) => [`${row.repository} ${row.digest}`, row.number]));
  return ({ repository, digest }) => numbers.get(`${repository} ${digest}`);
}
