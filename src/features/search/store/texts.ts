import type { Tx } from "../../../platform/database/port.ts";
import { type FieldText, kindOf, termsOfField } from "../rules-texts.ts";
import { forBatches, inBatches } from "./batches.ts";

/** A text of one project, by the project's number. */
export interface ProjectText extends FieldText {
  readonly project: number;
}

export interface NumberedText extends ProjectText {
  readonly number: number;
}

function keyOf({ project, field, text }: ProjectText): string {
  return `${project} ${field} ${text}`;
}

/** The numbers of texts. */
export interface Numbers {
  of(text: ProjectText): number;
}

/**
 * Writes texts down where they are new, with the terms that lead to them. Whoever calls has the
 * rows of the projects locked, so that nobody takes a text away that was just looked up.
 */
export async function keepTexts(tx: Tx, wanted: readonly ProjectText[]): Promise<Numbers> {
  const texts = [...new Map(wanted.map((each) => [keyOf(each), each])).values()];
  const made = await inBatches(texts, (batch) =>
    tx
      .insertInto("search_texts")
      .values(batch.map(({ project, field, text }) => ({ project, field, text })))
      .onConflict((c) => c.columns(["project", "field", "text"]).doNothing())
      .returning(["number", "project", "field", "text"])
      .execute(),
  );
  const terms = made.flatMap(({ number, project, ...each }) =>
    termsOfField(each).map((term) => ({ project, kind: kindOf(each.field), term, text: number })),
  );
  await forBatches(terms, (batch) =>
    tx
      .insertInto("search_terms")
      .values([...batch])
      .onConflict((c) => c.doNothing())
      .execute(),
  );
  const known = new Map(made.map((row) => [keyOf(row), row.number]));
  const missing = texts.filter((each) => !known.has(keyOf(each)));
  for (const row of await findTexts(tx, missing)) known.set(keyOf(row), row.number);
  return {
    of(text) {
      const number = known.get(keyOf(text));
      if (number === undefined) throw new Error(`the text of a ${text.field} has no number`);
      return number;
    },
  };
}

/** Those of some texts that are there. */
export async function findTexts(tx: Tx, texts: readonly ProjectText[]): Promise<NumberedText[]> {
  return await inBatches(texts, (batch) => {
    const groups = Map.groupBy(batch, ({ project, field }) => `${project} ${field}`);
    return tx
      .selectFrom("search_texts")
      .select(["number", "project", "field", "text"])
      .where((eb) =>
        eb.or(
          [...groups.values()].map((those) =>
            eb.and([
              eb("project", "=", those[0]?.project ?? 0),
              eb("field", "=", those[0]?.field ?? "tag"),
              eb(
                "text",
                "in",
                those.map(({ text }) => text),
              ),
            ]),
          ),
        ),
      )
      .execute();
  });
}

/** Takes away those of some texts that no repository has any more, with their terms. */
export async function dropUnheld(tx: Tx, numbers: readonly number[]): Promise<void> {
  const gone = await inBatches([...new Set(numbers)], (batch) =>
    tx
      .deleteFrom("search_texts")
      .where("number", "in", batch)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("search_holders")
              .select("repository")
              .whereRef("search_holders.text", "=", "search_texts.number"),
          ),
        ),
      )
      .returning(["number", "project", "field", "text"])
      .execute(),
  );
  const terms = gone.flatMap((each) =>
    termsOfField(each).map((term) => ({
      project: each.project,
      kind: kindOf(each.field),
      term,
      text: each.number,
    })),
  );
  await forBatches(terms, (batch) => {
    const groups = Map.groupBy(batch, ({ project, kind }) => `${project} ${kind}`);
    return tx
      .deleteFrom("search_terms")
      .where((eb) =>
        eb.or(
          [...groups.values()].map((those) =>
            eb.and([
              eb("project", "=", those[0]?.project ?? 0),
              eb("kind", "=", those[0]?.kind ?? "tag"),
              eb("term", "in", [...new Set(those.map(({ term }) => term))]),
              eb("text", "in", [...new Set(those.map(({ text }) => text))]),
            ]),
          ),
        ),
      )
      .execute();
  });
}
