import { createHash } from "node:crypto";
import { algorithmOf, type Digest, encodedOf } from "../../oci/digest.ts";
import {
  type Descriptor,
  MAX_MANIFEST_BYTES,
  parseManifest,
  referrerArtifactType,
} from "../../oci/manifest.ts";
import { OCI_INDEX } from "../../oci/media-types.ts";
import { type ReferrerRow, referrersIndex } from "../../oci/referrers.ts";
import { collector } from "../lane.ts";
import { nextPage } from "../registry/link.ts";
import type { End } from "./end.ts";
import { at, CopyFault, patiently, refusal, type Wait } from "./faults.ts";
import { type Manifest, readManifest, writeManifest } from "./manifest.ts";

/** More pages of referrers than any manifest has; a list that leads back to itself ends here. */
const MOST_PAGES = 100;

/** What older tools put a signature, an attestation or an SBOM under, beside the tag of an image. */
const SUFFIXES = [".sig", ".att", ".sbom"];

/** distribution-spec, "Referrers Tag Schema": the algorithm and the hash, cut to 32 and 64. */
export function referrersTag(digest: Digest): string {
  return `${algorithmOf(digest).slice(0, 32)}-${encodedOf(digest).slice(0, 64)}`;
}

/** The tags of what was said of a manifest before registries listed referrers. */
export function saidTags(digest: Digest): string[] {
  return SUFFIXES.map((suffix) => `${referrersTag(digest)}${suffix}`);
}

async function page({ caller, repository }: End, target: string) {
  const body = collector(MAX_MANIFEST_BYTES);
  const request = { method: "GET", target, headers: { Accept: OCI_INDEX }, sink: body.sink };
  const answer = await caller.call(repository, "pull", request);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusal("source", answer.status, "listing referrers");
  const { children } = parseManifest(new Uint8Array(body.bytes()), OCI_INDEX);
  return { children, next: nextPage(answer.header("link")) };
}

/** What refers to a manifest: by the registry's own list, else by the tag in its place. */
export async function referrersOf(end: End, digest: Digest, wait: Wait): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  let target: string | undefined = end.caller.path(end.repository, `referrers/${digest}`);
  for (let pages = 0; target !== undefined; pages++) {
    if (pages === MOST_PAGES) {
      throw new CopyFault("unsupported", "source", "the list of referrers has no end");
    }
    const asked: string = target;
    const got = await patiently(wait, () => at("source", () => page(end, asked)));
    if (got === undefined) {
      const listed = await readManifest(end, referrersTag(digest), wait);
      return listed?.parsed.children ?? [];
    }
    found.push(...got.children);
    target = got.next;
  }
  return found;
}

/**
 * Adds manifests to the tag that stands in for the list of a registry that keeps none
 * (distribution-spec, "Pushing Manifests with Subject").
 */
export async function listByTag(
  target: End,
  subject: Digest,
  added: readonly Manifest[],
  wait: Wait,
): Promise<void> {
  const tag = referrersTag(subject);
  const known = await readManifest(target, tag, wait, "target");
  const rows = new Map<string, ReferrerRow>();
  for (const each of known?.parsed.children ?? []) rows.set(each.digest, each);
  for (const { digest, bytes, parsed } of added) {
    const { mediaType, annotations } = parsed;
    const artifactType = referrerArtifactType(parsed);
    rows.set(digest, { digest, mediaType, size: bytes.byteLength, artifactType, annotations });
  }
  const bytes = referrersIndex([...rows.values()]);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
  await writeManifest(
    target,
    tag,
    { digest, bytes, parsed: parseManifest(bytes, OCI_INDEX) },
    wait,
  );
}
