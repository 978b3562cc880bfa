import type { ArtifactKind } from "../../../oci/artifact-kind.ts";

/** Somebody who did something: their account may be deleted by now. */
export interface Who {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
}

/** A page and the mark after which the next one begins. */
export interface ViewPage<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export interface Paging {
  readonly limit: number;
  /** Mark of the page before. */
  readonly after: string | undefined;
}

export type Direction = "asc" | "desc";

export interface RepositoryView {
  readonly id: string;
  /** The full name. */
  readonly name: string;
  readonly project: string;
  readonly createdAt: number;
  /** Of the last push or move of a tag, to within a second. */
  readonly updatedAt: number | null;
  readonly tags: number;
  readonly artifacts: number;
}

export interface TagView {
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly kind: ArtifactKind;
  /** Bytes of everything that it names; null where that is not known (yet), and of an index. */
  readonly size: number | null;
  readonly pushedAt: number;
  readonly updatedAt: number;
  readonly updatedBy: Who | null;
}

/** A line of history: null is where the tag was not. */
export interface TagMove {
  readonly id: string;
  readonly tag: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly at: number;
  readonly by: Who | null;
  /** Whether `to` and `from` are still there, so that the tag can go back to them. */
  readonly fromIsHere: boolean;
  readonly toIsHere: boolean;
}

export interface ArtifactView {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly kind: ArtifactKind;
  /** Of the manifest itself. */
  readonly size: number;
  readonly subject: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly pushedAt: number;
  readonly pushedBy: Who | null;
  /** In byte order, the first of them. */
  readonly tags: readonly string[];
  readonly tagCount: number;
}

export interface BlobUse {
  readonly digest: string;
  readonly size: number;
  readonly linkedAt: number;
  /** Manifests of the repository that name it. */
  readonly usedBy: readonly { readonly digest: string; readonly tags: readonly string[] }[];
}
