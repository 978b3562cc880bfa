import type { Trouble } from "../analyst/trouble.ts";

/** An entry as people see it. `removed` stands for what a layer takes away, where it is shown alone. */
export type FileType = "file" | "directory" | "symlink" | "hardlink" | "other" | "removed";

export interface FileView {
  /** Without a slash at either end. */
  readonly path: string;
  readonly name: string;
  readonly type: FileType;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: number | null;
  readonly target: string | null;
  /** Digest of the layer that it comes from, and its place among those that hold files. */
  readonly layer: string;
  readonly layerIndex: number;
}

/** What is to be known beside a list that may not be there yet. */
export interface Standing {
  readonly state: "ready" | "pending" | "failed";
  /** Id of the job that lists the layers. */
  readonly job: string | null;
  readonly failure: Trouble | null;
}

export interface FilesPage extends Standing {
  readonly items: readonly FileView[];
  readonly next: string | undefined;
}
