import type { SearchField, SearchKind } from "../../platform/database/schema/search.ts";
import { cutText, fold, termsOf } from "./rules-words.ts";

/** A text, and where it stands. */
export interface FieldText {
  readonly field: SearchField;
  readonly text: string;
}

/** Annotations and labels of one artifact that are searched. */
const MOST_PAIRS = 64;

const KIND: Record<SearchField, SearchKind> = {
  project: "project",
  repository: "repository",
  tag: "tag",
  label: "artifact",
  annotation: "artifact",
  mediaType: "artifact",
  artifactType: "artifact",
};

/** What is found by a text of this field. */
export function kindOf(field: SearchField): SearchKind {
  return KIND[field];
}

/** Dates differ in every artifact, and nobody looks for the minutes in them. */
const DATE = /^\d{4}-\d\d-\d\d[t ]/i;

/** The terms under which a text is found. Of `key=value` the key is found as a whole alone. */
export function termsOfField({ field, text }: FieldText): string[] {
  if (field !== "label" && field !== "annotation") return termsOf(text);
  const value = fold(text).indexOf("=") + 1;
  const terms = termsOf(text, value);
  return DATE.test(fold(text).slice(value)) ? terms.slice(0, 2) : terms;
}

function pairs(
  field: "label" | "annotation",
  values: Readonly<Record<string, unknown>>,
): FieldText[] {
  return Object.entries(values)
    .filter((pair): pair is [string, string] => typeof pair[1] === "string")
    .slice(0, MOST_PAIRS)
    .map(([key, value]) => ({ field, text: tidy(`${key}=${value}`) }));
}

/** No engine keeps a NUL or half a sign in a text. */
function tidy(text: string): string {
  return cutText(text.replaceAll("\0", " ").toWellFormed());
}

export interface Attributes {
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** The texts that an artifact is found by, each once. */
export function textsOfArtifact(artifact: Attributes): FieldText[] {
  const { mediaType, artifactType, annotations, labels } = artifact;
  const texts: FieldText[] = [
    { field: "mediaType", text: tidy(mediaType) },
    ...(artifactType === null
      ? []
      : [{ field: "artifactType" as const, text: tidy(artifactType) }]),
    ...pairs("annotation", annotations),
    ...pairs("label", labels),
  ];
  return [...new Map(texts.map((each) => [`${each.field} ${each.text}`, each])).values()];
}
