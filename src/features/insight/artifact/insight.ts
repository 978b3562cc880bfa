import type { Trouble } from "../analyst/trouble.ts";

/** What an image's config says (image-spec, "Image Configuration"), as text and nothing else. */
export interface ImageConfig {
  readonly os: string | null;
  readonly architecture: string | null;
  readonly variant: string | null;
  readonly created: number | null;
  readonly author: string | null;
  readonly entrypoint: readonly string[] | null;
  readonly cmd: readonly string[] | null;
  readonly env: readonly string[];
  readonly user: string | null;
  readonly workingDir: string | null;
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | null;
  readonly healthcheck: string | null;
}

/** A layer beside the line of history that made it; lines that made none have no digest. */
export interface LayerInsight {
  readonly digest: string | null;
  readonly size: number;
  readonly mediaType: string | null;
  readonly command: string | null;
  readonly comment: string | null;
  readonly created: number | null;
}

export interface ChildInsight {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly size: number;
  readonly platform: {
    readonly os: string;
    readonly architecture: string;
    readonly variant: string | null;
    readonly osVersion: string | null;
  } | null;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ChartInsight {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string | null;
  readonly apiVersion: string;
  readonly type: string | null;
  readonly description: string | null;
  readonly home: string | null;
  readonly icon: string | null;
  readonly keywords: readonly string[];
  readonly sources: readonly string[];
  readonly maintainers: readonly {
    readonly name: string;
    readonly email: string | null;
    readonly url: string | null;
  }[];
  readonly dependencies: readonly {
    readonly name: string;
    readonly version: string;
    readonly repository: string | null;
    readonly condition: string | null;
  }[];
  readonly values: string | null;
  readonly readme: string | null;
}

export interface Readme {
  readonly source: "annotation" | "referrer" | "chart" | "label";
  readonly markdown: string;
}

/** What is found out once, when a manifest is pushed, and kept. */
export interface Described {
  readonly image: ImageConfig | null;
  readonly layers: readonly LayerInsight[];
  readonly children: readonly ChildInsight[];
  readonly chart: ChartInsight | null;
  readonly readme: Readme | null;
  /** The text of an artifact that is one: shown as the README of its subject. */
  readonly text: string | null;
  /** Bytes of the manifest, its config and its layers, each once; null for an index. */
  readonly ownSize: number | null;
}

/** What a person is shown of it, with what depends on everything else that is stored. */
export interface Insight extends Omit<Described, "layers" | "children" | "text" | "ownSize"> {
  readonly state: "ready" | "pending" | "failed";
  readonly failure: Trouble | null;
  readonly totalSize: number | null;
  /** Bytes of it that no other artifact of the project has; null where that was not counted. */
  readonly uniqueSize: number | null;
  readonly createdAt: number | null;
  readonly layers: readonly (LayerInsight & { readonly sharedWith: number })[];
  readonly children: readonly (ChildInsight & {
    readonly present: boolean;
    readonly totalSize: number | null;
  })[];
}
