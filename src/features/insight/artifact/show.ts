import { gunzipSync } from "node:zlib";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { RepositoryName } from "../../../oci/name.ts";
import { isTrouble } from "../analyst/trouble.ts";
import type { InsightContext } from "../context.ts";
import type { ChildInsight, Described, Insight, LayerInsight, Readme } from "./insight.ts";
import { README_TYPES } from "./rules-readme.ts";
import type { InsightRow } from "./store/read.ts";

/** Other artifacts with a layer are counted up to this many. */
export const MOST_SHARERS = 1_000;

type Sees = (repository: string) => boolean | Promise<boolean>;

const PENDING: Insight = {
  state: "pending",
  failure: null,
  totalSize: null,
  uniqueSize: null,
  createdAt: null,
  image: null,
  layers: [],
  children: [],
  chart: null,
  readme: null,
};

function documentOf({ document }: InsightRow): Described {
  // Our own, as long as it says: bounded when it was made.
  return JSON.parse(gunzipSync(document).toString()) as Described;
}

/** What policies ask of an image: what its config says, and what it runs on. */
export interface ImageFacts {
  readonly labels: Readonly<Record<string, string>>;
  /** `os/architecture[/variant]`, or null for what runs on none. */
  readonly platform: string | null;
}

function factsOf({ image }: Described): ImageFacts {
  const { os = null, architecture = null, variant = null, labels = {} } = image ?? {};
  const parts = [os, architecture, variant].filter((part) => part !== null);
  return { labels, platform: os === null || architecture === null ? null : parts.join("/") };
}

/** Shows people what was found out about a manifest, with what depends on all else that is stored. */
export function showing({ content, reads }: Pick<InsightContext, "content" | "reads">) {
  /** How many other artifacts have each layer, of those in repositories that `sees` lets through. */
  async function sharedBy(
    digests: readonly string[],
    self: { readonly projectId: string; readonly repository: string; readonly digest: string },
    sees: Sees,
  ): Promise<ReadonlyMap<string, number>> {
    const visible = new Map<string, boolean>();
    const counts = new Map<string, number>();
    for (const digest of new Set(digests)) {
      let count = 0;
      for (const { repository, manifest } of await reads.sharers(
        digest,
        self.projectId,
        MOST_SHARERS + 1,
      )) {
        if (repository === self.repository && manifest === self.digest) continue;
        const known = visible.get(repository) ?? (await sees(repository));
        visible.set(repository, known);
        if (known) count += 1;
      }
      counts.set(digest, Math.min(count, MOST_SHARERS));
    }
    return counts;
  }

  async function readmeFrom(repositoryId: string, subject: string): Promise<Readme | null> {
    const digest = await reads.referrer(repositoryId, subject, README_TYPES);
    const row = digest === undefined ? undefined : await reads.find(repositoryId, digest);
    const text = row === undefined ? null : documentOf(row).text;
    return text === null ? null : { source: "referrer", markdown: text };
  }

  async function childrenOf(repositoryId: string, children: readonly ChildInsight[]) {
    const rows = await reads.children(
      repositoryId,
      children.map(({ digest }) => digest),
    );
    const found = new Map(rows.map((row) => [row.digest, row]));
    return children.map((child) => {
      const row = found.get(child.digest);
      return { ...child, present: row !== undefined, totalSize: row?.totalSize ?? null };
    });
  }

  function uniqueOf(
    layers: readonly LayerInsight[],
    total: number,
    shared: ReadonlyMap<string, number>,
  ): number {
    const sizes = new Map(layers.map(({ digest, size }) => [digest ?? "", size]));
    let unique = total;
    for (const [digest, size] of sizes) if ((shared.get(digest) ?? 0) > 0) unique -= size;
    return unique;
  }

  return {
    /**
     * What is known of a manifest that is there; `sees` says which repositories the reader may see
     * (A28). Throws `repository.unknown`.
     */
    async show(repository: RepositoryName, digest: string, sees: Sees): Promise<Insight> {
      const located = await content.locate(repository);
      if (located === undefined) throw failure("repository.unknown", { name: repository });
      const row = await reads.find(located.id, digest);
      if (row === undefined) return PENDING;
      const { ownSize, text, ...described } = documentOf(row);
      const digests = described.layers.flatMap((layer) => layer.digest ?? []);
      const self = { projectId: located.projectId, repository, digest };
      const shared = await sharedBy(digests, self, sees);
      const children = await childrenOf(located.id, described.children);
      const ofChildren = children.reduce((sum, child) => sum + (child.totalSize ?? 0), 0);
      const trouble = row.failure !== null && isTrouble(row.failure) ? row.failure : null;
      return {
        ...described,
        state: trouble === null ? "ready" : "failed",
        failure: trouble,
        totalSize: ownSize ?? ofChildren,
        uniqueSize: ownSize === null ? null : uniqueOf(described.layers, ownSize, shared),
        createdAt: described.image?.created ?? null,
        layers: described.layers.map((layer) => ({
          ...layer,
          sharedWith: shared.get(layer.digest ?? "") ?? 0,
        })),
        children,
        readme: described.readme ?? (await readmeFrom(located.id, digest)),
      };
    },

    /** Labels and platform of those of some manifests that were analysed, by digest. */
    async factsOf(
      repositoryId: string,
      digests: readonly string[],
    ): Promise<ReadonlyMap<string, ImageFacts>> {
      const rows = await reads.some(repositoryId, digests);
      const analysed = rows.filter(({ failure: trouble }) => trouble === null);
      return new Map(analysed.map((row) => [row.digest, factsOf(documentOf(row))]));
    },

    /** The labels of those of some manifests that were analysed and have any, by digest. */
    async labelsOf(
      repositoryId: string,
      digests: readonly string[],
    ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
      const rows = await reads.some(repositoryId, digests);
      return new Map(rows.map((row) => [row.digest, documentOf(row).image?.labels ?? {}]));
    },
  };
}

export type Showing = ReturnType<typeof showing>;
