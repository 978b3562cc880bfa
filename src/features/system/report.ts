/** A text for people, in both languages. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** How one part of the service is; `why` where it is not well. */
export interface PartHealth {
  readonly part: string;
  readonly ok: boolean;
  readonly why: Words | null;
}

/** A setting as a person would write it, without secrets, and where it comes from. */
export interface ShownSetting {
  readonly key: string;
  readonly value: string;
  /** A file, a variable, a flag, or `default`. */
  readonly origin: string;
}

/** What is known of this node from its start on. */
export interface NodeFacts {
  readonly version: string;
  readonly commit: string;
  readonly node: string;
  readonly startedAt: number;
  /** Of the database. */
  readonly engine: string;
  /** The data folder. */
  readonly data: string;
  readonly runtime: string;
  readonly storage: { readonly kind: string; readonly path: string };
  readonly configuration: readonly ShownSetting[];
  readonly warnings: readonly Words[];
}

export interface SystemReport extends Omit<NodeFacts, "storage"> {
  readonly urls: readonly string[];
  /** Figures are null while the storage gives none. */
  readonly storage: NodeFacts["storage"] & {
    readonly total: number | null;
    readonly free: number | null;
  };
  readonly health: readonly PartHealth[];
}
