import type { Generated } from "kysely";

/** Projects that are searched, by a small number. */
export interface SearchProjectsTable {
  number: Generated<number>;
  project_id: string;
}

export interface SearchRepositoriesTable {
  number: Generated<number>;
  repository_id: string;
  /** The project's number. */
  project: number;
}

/** What a search looks through: each kind of hit has its own terms. */
export type SearchKind = "project" | "repository" | "tag" | "artifact";

/** Where a text stands in what is found by it. */
export type SearchField =
  | "project"
  | "repository"
  | "tag"
  | "label"
  | "annotation"
  | "mediaType"
  | "artifactType";

/** Each text once in a project, however many repositories and artifacts have it. */
export interface SearchTextsTable {
  number: Generated<number>;
  project: number;
  field: SearchField;
  text: string;
}

/** From where a word begins in a text to its end, folded and cut. */
export interface SearchTermsTable {
  project: number;
  kind: SearchKind;
  term: string;
  text: number;
}

/** Which repositories have a text: as their name, on a tag, in an artifact. */
export interface SearchHoldersTable {
  text: number;
  repository: number;
}

/** Artifacts, by a small number that grows with time. */
export interface SearchArtifactsTable {
  number: Generated<number>;
  repository: number;
  digest: string;
}

/** Which artifacts have a text. */
export interface SearchAttributesTable {
  text: number;
  repository: number;
  artifact: number;
}

/** Repositories that people marked. */
export interface StarsTable {
  principal_id: string;
  repository_id: string;
  at: number;
}

/** Repositories that people opened in the console: the newest of each person. */
export interface VisitsTable {
  principal_id: string;
  repository_id: string;
  at: number;
}
