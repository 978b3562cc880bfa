import type { Tx } from "../../../platform/database/port.ts";
import type { SearchField } from "../../../platform/database/schema/search.ts";
import { type FieldText, kindOf, termsOfField } from "../rules-texts.ts";
import { forBatches, inBatches } from "./batches.ts";

function keyOf({ field, text }: FieldText): string {
  return `${field} ${text}`;
}

/** The numbers of a project's texts, by what `numbered` finds them. */
export interface Numbered {
  number(text: FieldText): number;
}

/**
 * Writes texts down where they are new, with the terms that lead to them. Whoever calls has the
 * row of the project locked, so that nobody takes a text away that was just looked up.
 */
export async function keepTexts(
  tx: Tx,
  project: number,
  wanted: readonly FieldText[],
): Promise<Numbered> {
  const texts = [...new Map(wanted.map((each) => [keyOf(each), each])).values()];
  const made = await inBatches(texts, (batch) =>
    tx
      .insertInto("search_texts")
      .values(batch.map(({ field, text }) => ({ project, field, text })))
      .onConflict((c) => c.columns(["project", "field", "text"]).doNothing())
      .returning(["number", "field", "text"])
      .execute(),
  );
  const terms = made.flatMap(({ number, ...each }) =>
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
  for (const row of await findTexts(tx, project, missing)) known.set(keyOf(row), row.number);
  return {
    number(text) {
      const number = known.get(keyOf(text));
      if (number === undefined) throw new Error(`the text of a ${text.field} has no number`);
      return number;
    },
  };
}

/** Texts of a project that are there, with their numbers. */
export async function findTexts(tx: Tx, project: number, texts: readonly FieldText[]) {
  const byField = Map.groupBy(texts, ({ field }) => field);
  const found: (FieldText & { readonly number: number })[] = [];
  for (const [field, those] of byField) {
    const rows = await inBatches(those, (batch) =>
      tx
        .selectFrom("search_texts")
        .select(["number", "field", "text"])
        .where("project", "=", project)
        .where("field", "=", field)
        .where(
          "text",
          "in",
          batch.map(({ text }) => text),
        )
        .execute(),
    );
    found.push(...rows);
  }
  return found;
}

/** Takes away those of some texts that no repository has any more, with their terms. */
export async function dropUnheld(
  tx: Tx,
  project: number,
  numbers: readonly number[],
): Promise<void> {
  const gone = await inBatches(numbers, (batch) =>
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
      .returning(["number", "field", "text"])
      .execute(),
  );
  const byKind = Map.groupBy(gone, ({ field }) => kindOf(field as SearchField));
  for (const [kind, texts] of byKind) {
    const terms = [...new Set(texts.flatMap(termsOfField))];
    const those = texts.map(({ number }) => number);
    await forBatches(terms, (batch) =>
      tx
        .deleteFrom("search_terms")
        .where("project", "=", project)
        .where("kind", "=", kind)
        .where("term", "in", batch)
        .where("text", "in", those)
        .execute(),
    );
  }
}
