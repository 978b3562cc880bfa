import type { Digest } from "../../../oci/digest.ts";
import { parseManifest } from "../../../oci/manifest.ts";
import { parseTag, type RepositoryName } from "../../../oci/name.ts";
import { fallbackTag, type ReferrerRow } from "../../../oci/referrers.ts";
import type { ContentContext } from "../context.ts";

export interface ReferrersRequest {
  readonly repository: RepositoryName;
  readonly subject: Digest;
  /** Only these artifact types; empty means all. */
  readonly types: readonly string[];
  readonly after: string;
}

export interface ReferrersPage {
  readonly rows: readonly ReferrerRow[];
  /** The digest after which the next page begins, if there is one. */
  readonly next: string | undefined;
}

/** Rows looked at for one page; and the bytes that a page may have, within clients' manifest cap. */
const ROWS = 500;
const BYTES = 3 * 1024 * 1024;

function annotationsOf(json: string | null): Record<string, string> {
  return json === null ? {} : (JSON.parse(json) as Record<string, string>);
}

/** Lists what names a manifest as its subject, whether or not that manifest exists. */
export function referrersService({ reads }: ContentContext) {
  /** "include any listed in pre-existing fallback tags": what older clients noted there. */
  async function listedInTag(repository: RepositoryName, subject: Digest): Promise<ReferrerRow[]> {
    const found = await reads.manifests.byTag(repository, parseTag(fallbackTag(subject)));
    if (found === undefined) return [];
    return parseManifest(found.payload, found.mediaType).children.map((child) => ({
      digest: child.digest,
      mediaType: child.mediaType,
      size: child.size,
      artifactType: child.artifactType,
      annotations: child.annotations,
    }));
  }

  return {
    /** A page in order of digest. An unknown repository or subject gives an empty page. */
    async list({ repository, subject, types, after }: ReferrersRequest): Promise<ReferrersPage> {
      const stored = await reads.manifests.referrers(repository, subject, after, ROWS + 1);
      const cut = stored.length > ROWS;
      const known = stored.slice(0, ROWS).map(
        (row): ReferrerRow => ({
          digest: row.digest,
          mediaType: row.mediaType,
          size: row.size,
          artifactType: row.artifactType ?? undefined,
          annotations: annotationsOf(row.annotations),
        }),
      );
      const end = cut ? (known.at(-1)?.digest ?? "") : undefined;
      const digests = new Set(known.map((row) => row.digest));
      const listed = (await listedInTag(repository, subject)).filter(
        ({ digest }) =>
          digest > after && (end === undefined || digest <= end) && !digests.has(digest),
      );
      const all = [...known, ...listed].sort((a, b) => (a.digest < b.digest ? -1 : 1));
      const rows: ReferrerRow[] = [];
      let bytes = 0;
      let seen = after;
      for (const row of all) {
        const weight = 300 + JSON.stringify(row.annotations ?? {}).length;
        if (rows.length > 0 && bytes + weight > BYTES) return { rows, next: seen };
        seen = row.digest;
        if (types.length > 0 && !types.includes(row.artifactType ?? "")) continue;
        rows.push(row);
        bytes += weight;
      }
      return { rows, next: end };
    },
  };
}

export type ReferrersService = ReturnType<typeof referrersService>;
