import { readFile } from "node:fs/promises";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import { newSecretId } from "../../../kernel/ids.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import { MAX_MANIFEST_BYTES, type ParsedManifest, parseManifest } from "../../../oci/manifest.ts";
import { parseRepositoryName, parseTag, type RepositoryName } from "../../../oci/name.ts";
import type { BlobStore } from "../../../platform/blobs/port.ts";
import type { Pusher } from "../../content/context.ts";
import { namedBlobs, namedChildren } from "../../content/manifests/rules.ts";
import type { Content } from "../../content/service.ts";
import { inspectPayload } from "../inspect.ts";
import type { AdoptCounts, AdoptProblem } from "./finding.ts";
import type { RegistryLayout } from "./layout.ts";
import { typeOfStored } from "./manifest-type.ts";

export interface AdoptParts {
  readonly layout: RegistryLayout;
  readonly content: Content;
  readonly blobs: Pick<BlobStore, "discard">;
  readonly pusher: Pusher;
  /** Look at everything and change nothing; blobs are then not read. */
  readonly isDry: boolean;
  /** Gives a file a staged name: by a second name of the file, or by a copy. */
  importFile(id: string, source: string): Promise<"linked" | "copied">;
  readonly onProblem: (problem: AdoptProblem) => void;
}

interface Read {
  readonly payload: Uint8Array;
  readonly contentType: string | undefined;
  readonly parsed: ParsedManifest;
}

/**
 * Takes the storage of a `registry:2` over, repository by repository:
 *
 *   blobs      a second name for the file, every byte hashed, then the same commit as a push
 *   manifests  hashed and checked whole like a push, children before their index
 *   tags       set to what they name
 *
 * What is there already is passed over, so a run that ended early is simply run again. What is
 * broken is told and left out; the source is only ever read.
 */
export class Adoption {
  readonly counts: { -readonly [K in keyof AdoptCounts]: number } = {
    repositories: 0,
    blobs: 0,
    copied: 0,
    known: 0,
    bytes: 0,
    manifests: 0,
    tags: 0,
    problems: 0,
  };
  readonly #parts: AdoptParts;
  #done = new Map<string, boolean>();

  constructor(parts: AdoptParts) {
    this.#parts = parts;
  }

  async run(): Promise<AdoptCounts> {
    for await (const name of this.#parts.layout.repositories()) await this.#repository(name);
    return this.counts;
  }

  async #repository(source: string): Promise<void> {
    const { layout } = this.#parts;
    let name: RepositoryName;
    try {
      name = parseRepositoryName(source);
    } catch (error) {
      return this.#problem(source, source, error);
    }
    this.#done = new Map();
    this.counts.repositories += 1;
    for (const digest of await layout.layers(source)) await this.#blob(name, digest);
    const revisions = new Set<string>(await layout.revisions(source));
    for (const digest of revisions) await this.#manifest(name, digest, revisions);
    for (const [tag, digest] of await layout.tags(source)) await this.#tag(name, tag, digest);
  }

  #problem(repository: string, what: string, error: unknown): void {
    // A fault of our own storage or database is none of the source's: it ends the run.
    if (error instanceof Failure && error.status >= 500) throw error;
    this.counts.problems += 1;
    const code = error instanceof Failure ? error.code : null;
    const words = error instanceof Error ? error.message : String(error);
    this.#parts.onProblem({ repository, what, code, words });
  }

  /** True when the repository has it afterwards. */
  async #blob(name: RepositoryName, digest: Digest): Promise<boolean> {
    const key = `blob ${digest}`;
    const before = this.#done.get(key);
    if (before !== undefined) return before;
    let isHere = false;
    try {
      isHere = await this.#take(name, digest);
    } catch (error) {
      this.#problem(name, digest, error);
    }
    this.#done.set(key, isHere);
    return isHere;
  }

  async #take(name: RepositoryName, digest: Digest): Promise<boolean> {
    const { layout, content, pusher, isDry, blobs } = this.#parts;
    const size = await layout.sizeOf(digest);
    if (size === undefined) throw new Error("the bytes are not there");
    if (isDry) {
      this.counts.blobs += 1;
      this.counts.bytes += size;
      return true;
    }
    if (await this.#isHere(() => content.blobs.check(name, digest))) {
      this.counts.known += 1;
      return true;
    }
    const mayPull = async () => true;
    const mount = { repository: name, digest, from: undefined, pusher, mayPull };
    if (await content.blobs.mount(mount)) {
      this.counts.known += 1;
      return true;
    }
    const id = newSecretId();
    try {
      const how = await this.#parts.importFile(id, layout.fileOf(digest));
      await content.uploads.keepStaged(name, pusher, { id, digest });
      this.counts.blobs += 1;
      this.counts.bytes += size;
      if (how === "copied") this.counts.copied += 1;
      return true;
    } finally {
      await blobs.discard(id);
    }
  }

  /** Whether what `look` looks for is there, whole. */
  async #isHere(look: () => Promise<unknown>): Promise<boolean> {
    try {
      await look();
      return true;
    } catch (error) {
      // Damaged bytes are replaced as by a push.
      const isDamaged = error instanceof Failure && error.code === "service.content_damaged";
      if (error instanceof Failure && (error.status === 404 || isDamaged)) return false;
      throw error;
    }
  }

  async #read(digest: Digest): Promise<Read> {
    const { layout } = this.#parts;
    const size = await layout.sizeOf(digest);
    if (size === undefined) throw new Error("the bytes are not there");
    if (size > MAX_MANIFEST_BYTES) throw new Error("too large for a manifest");
    const payload = new Uint8Array(await readFile(layout.fileOf(digest)));
    if (inspectPayload({ digest, size: payload.byteLength }, payload).kind !== undefined) {
      throw new Error("the bytes are not those of the digest");
    }
    const contentType = typeOfStored(payload);
    return { payload, contentType, parsed: parseManifest(payload, contentType) };
  }

  /** True when the repository has it afterwards. */
  async #manifest(
    name: RepositoryName,
    text: string,
    revisions: ReadonlySet<string>,
  ): Promise<boolean> {
    const before = this.#done.get(text);
    if (before !== undefined) return before;
    if (!isDigest(text)) return false;
    let isHere = false;
    try {
      isHere = await this.#put(name, text, revisions);
    } catch (error) {
      this.#problem(name, text, error);
    }
    this.#done.set(text, isHere);
    return isHere;
  }

  async #put(
    repository: RepositoryName,
    digest: Digest,
    revisions: ReadonlySet<string>,
  ): Promise<boolean> {
    const { content, pusher, isDry } = this.#parts;
    const { payload, contentType, parsed } = await this.#read(digest);
    const reference = { kind: "digest", digest } as const;
    if (!isDry && (await this.#isHere(() => content.manifests.get(repository, reference)))) {
      this.counts.known += 1;
      return true;
    }
    for (const { digest: blob } of namedBlobs(parsed)) {
      if (isDigest(blob)) await this.#blob(repository, blob);
    }
    for (const { digest: child } of namedChildren(parsed)) {
      if (revisions.has(child)) await this.#manifest(repository, child, revisions);
    }
    if (!isDry) {
      const precondition = { kind: "none" } as const;
      const push = { repository, reference, tags: [], contentType, payload, precondition, pusher };
      await content.manifests.put(push);
    }
    this.counts.manifests += 1;
    return true;
  }

  async #tag(repository: RepositoryName, text: string, digest: Digest | null): Promise<void> {
    const { content, pusher, isDry } = this.#parts;
    try {
      const tag = parseTag(text);
      if (digest === null) throw new Error("it names nothing that could be read");
      // Told already, with the reason, when it was looked at as a manifest.
      if (this.#done.get(digest) === false) return;
      if (!this.#done.has(digest)) throw new Error(`${digest} is not in the repository`);
      if (!isDry) await content.manifests.tag(repository, tag, digest, pusher.doer);
      this.counts.tags += 1;
    } catch (error) {
      this.#problem(repository, text, error);
    }
  }
}
