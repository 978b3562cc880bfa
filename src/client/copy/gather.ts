import type { Digest } from "../../oci/digest.ts";
import type { End } from "./end.ts";
import { CopyFault, type Wait } from "./faults.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { referrersOf, saidTags } from "./referrers.ts";

/** Everything that one reference leads to. */
export interface Gathered {
  readonly root: Manifest;
  /** Each once, and none before what it lists or refers to. */
  readonly manifests: readonly Manifest[];
  /** Tags beside the one that is copied: what was said of it before registries listed referrers. */
  readonly tags: readonly (readonly [tag: string, manifest: Manifest])[];
}

const MOST_MANIFESTS = 20_000;
const MOST_BYTES = 256 * 2 ** 20;
const MOST_DEPTH = 16;

class Gatherer {
  readonly manifests: Manifest[] = [];
  readonly tags: (readonly [string, Manifest])[] = [];
  readonly #source: End;
  readonly #withReferrers: boolean;
  readonly #wait: Wait;
  readonly #seen = new Set<string>();
  #bytes = 0;

  constructor(source: End, withReferrers: boolean, wait: Wait) {
    this.#source = source;
    this.#withReferrers = withReferrers;
    this.#wait = wait;
  }

  /** What stands under a tag or digest; throws `CopyFault` when nothing does. */
  async must(reference: string): Promise<Manifest> {
    const found = await readManifest(this.#source, reference, this.#wait);
    if (found !== undefined) return found;
    const { repository } = this.#source;
    throw new CopyFault("missing", "source", `${repository} has no ${reference}`);
  }

  async add(manifest: Manifest, depth: number): Promise<void> {
    const { digest, parsed, bytes } = manifest;
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    this.#bytes += bytes.byteLength;
    const isTooMuch = this.#seen.size > MOST_MANIFESTS || this.#bytes > MOST_BYTES;
    if (isTooMuch || depth > MOST_DEPTH) {
      throw new CopyFault("unsupported", "source", "it leads to too many manifests");
    }
    for (const child of parsed.children) {
      if (this.#seen.has(child.digest)) continue;
      await this.add(await this.must(child.digest), depth + 1);
    }
    this.manifests.push(manifest);
    if (this.#withReferrers) await this.#addReferrers(digest, depth);
  }

  async #addReferrers(digest: Digest, depth: number): Promise<void> {
    for (const referrer of await referrersOf(this.#source, digest, this.#wait)) {
      if (this.#seen.has(referrer.digest)) continue;
      await this.add(await this.must(referrer.digest), depth + 1);
    }
    for (const tag of saidTags(digest)) {
      const said = await readManifest(this.#source, tag, this.#wait);
      if (said === undefined) continue;
      this.tags.push([tag, said]);
      await this.add(said, depth + 1);
    }
  }
}

/** Reads every manifest that a reference leads to, and with `referrers` what refers to them. */
export async function gather(
  source: End,
  reference: string,
  { referrers, wait }: { readonly referrers: boolean; readonly wait: Wait },
): Promise<Gathered> {
  const gatherer = new Gatherer(source, referrers, wait);
  const root = await gatherer.must(reference);
  await gatherer.add(root, 0);
  const { manifests, tags } = gatherer;
  return { root, manifests, tags };
}
