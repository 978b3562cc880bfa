import type { Digest } from "../../src/oci/digest.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import { bodyOf, digestOf, doer, manifestBytes, pusher } from "../support/content-bench.ts";
import type { ReclaimBench } from "./bench.ts";
import type { Known, Model } from "./model.ts";
import { type Asked, isRestoring, Restorer } from "./restorer.ts";
import type { Restoring, Write } from "./steps.ts";

interface KnownBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** Does what a history writes, and tells the model of what was acknowledged. */
export class Writer {
  readonly #bench: ReclaimBench;
  readonly #prefix: string;
  readonly #model: Model;
  readonly #blobs: KnownBlob[] = [];
  readonly #manifests: Known[] = [];
  readonly #restorer: Restorer;
  /** What was done against a promise. */
  readonly wrong: string[] = [];

  constructor(bench: ReclaimBench, prefix: string, model: Model) {
    this.#bench = bench;
    this.#prefix = prefix;
    this.#model = model;
    this.#restorer = new Restorer(bench, model, this.wrong);
  }

  /** Digests of all blobs that were ever pushed. */
  digests(): Digest[] {
    return this.#blobs.map(({ digest }) => digest);
  }

  /** Whether all that a write names is promised to be there. */
  isOwed(write: Write): boolean {
    const repository = this.key(write.repo);
    const now = this.#bench.clock.now();
    const visible = (digest: Digest) => this.#model.mustBeVisible(repository, digest, now);
    if (write.do === "image")
      return this.#picked(write.repo, write.picks).every(({ digest }) => visible(digest));
    if (write.do === "index" || write.do === "tag") {
      const known = this.#live(write);
      return known !== undefined && this.#model.mustBeLive(repository, known.digest, now);
    }
    if (write.do === "again") {
      const known = this.manifest(write.pick);
      const isWhole = known?.children.every((each) =>
        this.#model.mustBeLive(repository, each, now),
      );
      return isWhole === true && known?.blobs.every(visible) === true;
    }
    if (isRestoring(write)) return this.#restorer.isOwed(write, this.#asked(write));
    return write.do === "blob";
  }

  name(index: number): string {
    return `${this.#prefix}/r${index}`;
  }

  /** By which the model knows the repository that has the name now. */
  key(index: number): string {
    return this.#model.shelf.current(this.name(index));
  }

  #asked(write: Restoring): Asked {
    const trashed = ({ digest }: Known) => this.#isTrashed(write.repo, digest);
    return {
      name: this.name(write.repo),
      digest: "pick" in write ? this.manifest(write.pick, trashed)?.digest : undefined,
      tag: "tag" in write ? (this.#tag(write.tag) ?? "t1") : "t1",
    };
  }

  /** One of all manifests, most often one of those that suit. */
  manifest(pick: number, suits: (known: Known) => boolean = () => true): Known | undefined {
    return pickOf(this.#manifests, pick, suits);
  }

  blob(pick: number): KnownBlob | undefined {
    return pickOf(this.#blobs, pick, () => true);
  }

  /** Blobs, most often such as the repository has. */
  #picked(repo: number, picks: readonly number[]): KnownBlob[] {
    const now = this.#bench.clock.now();
    const key = this.key(repo);
    const suits = ({ digest }: KnownBlob) => this.#model.mustBeVisible(key, digest, now);
    return picks.flatMap((each) => pickOf(this.#blobs, each, suits) ?? []);
  }

  /** A blob to unlink: most often one that only the trash holds. */
  #unlinked({ repo, pick }: { readonly repo: number; readonly pick: number }) {
    const isTrashed = ({ digest }: KnownBlob) =>
      this.#manifests.some(
        (each) => each.blobs.includes(digest) && this.#isTrashed(repo, each.digest),
      );
    return pickOf(this.#blobs, pick, isTrashed);
  }

  /** A manifest to act on: most often one that is live there. */
  #live({ repo, pick }: { readonly repo: number; readonly pick: number }): Known | undefined {
    const key = this.key(repo);
    return this.manifest(pick, ({ digest }) => this.#model.isLive(key, digest));
  }

  #isTrashed(repo: number, digest: Digest): boolean {
    return this.#model.mustBeTrashed(this.key(repo), digest, this.#bench.clock.now());
  }

  #tag(index: number): string | undefined {
    return index === 0 ? undefined : `t${index}`;
  }

  /** Throws the refusal, if it is one. */
  async write(write: Write): Promise<void> {
    const { content, clock } = this.#bench;
    if (isRestoring(write)) {
      await this.#restorer.write(write, this.#asked(write));
      return;
    }
    const repository = this.key(write.repo);
    const name = parseRepositoryName(this.name(write.repo));
    switch (write.do) {
      case "blob": {
        const bytes = new TextEncoder().encode(`${this.#prefix} ${write.text}`);
        const digest = digestOf(bytes);
        if (!this.#blobs.some((each) => each.digest === digest)) {
          this.#blobs.push({ digest, size: bytes.byteLength });
        }
        await content.uploads.upload(name, pusher, digest, bodyOf(bytes));
        this.#model.pushedBlob(repository, digest, clock.now());
        break;
      }
      case "head": {
        const blob = this.blob(write.pick);
        if (blob === undefined) return;
        await content.blobs.check(name, blob.digest);
        this.#model.confirmed(repository, blob.digest, clock.now());
        break;
      }
      case "mount": {
        const blob = this.blob(write.pick);
        if (blob === undefined) return;
        const from = parseRepositoryName(this.name(1 - write.repo));
        const mounted = await content.blobs.mount({
          repository: name,
          digest: blob.digest,
          from: write.named ? from : undefined,
          pusher,
          mayPull: async () => true,
        });
        if (mounted) this.#model.pushedBlob(repository, blob.digest, clock.now());
        break;
      }
      case "image": {
        const [config, ...layers] = this.#picked(write.repo, write.picks);
        if (config === undefined) return;
        await this.#push(write.repo, this.#known({ config, layers }), write.tag);
        break;
      }
      case "index": {
        const child = this.#live(write);
        if (child === undefined) return;
        await this.#push(write.repo, this.#known({ children: [child] }), write.tag);
        break;
      }
      case "referrer": {
        const subject = this.#live(write);
        const [config] = this.#picked(write.repo, [write.blob]);
        if (subject === undefined || config === undefined) return;
        await this.#push(write.repo, this.#known({ config, subject }), 0);
        break;
      }
      case "again": {
        const known = this.manifest(write.pick);
        if (known !== undefined) await this.#push(write.repo, known, write.tag);
        break;
      }
      case "tag": {
        const known = this.#live(write);
        const tag = this.#tag(write.tag) ?? "t1";
        if (known === undefined) return;
        await content.manifests.tag(name, parseTag(tag), known.digest, doer);
        this.#model.tagged(repository, known.digest, tag, clock.now());
        break;
      }
      case "untag": {
        const tag = this.#tag(write.tag) ?? "t1";
        await content.manifests.delete(name, { kind: "tag", tag: parseTag(tag) }, doer);
        this.#model.untagged(repository, tag, clock.now());
        break;
      }
      case "delete": {
        const known = this.#live(write);
        if (known === undefined) return;
        const { digest } = known;
        await content.manifests.delete(name, { kind: "digest", digest }, doer);
        this.#model.deleted(repository, digest, clock.now());
        break;
      }
      case "unlink": {
        const blob = this.#unlinked(write);
        if (blob === undefined) return;
        const { digest } = blob;
        await content.blobs.unlink({ repository: name, digest, force: write.force, doer });
        this.#model.unlinked(repository, digest);
        break;
      }
    }
  }

  #known(shape: {
    readonly config?: KnownBlob;
    readonly layers?: readonly KnownBlob[];
    readonly children?: readonly Known[];
    readonly subject?: Known;
  }): Known {
    const plain = ({ digest, size }: KnownBlob) => ({ digest, size });
    const { config, layers = [], children, subject } = shape;
    const payload = manifestBytes({
      note: this.#prefix,
      layers: layers.map(plain),
      ...(config === undefined ? {} : { config: plain(config) }),
      ...(children === undefined ? {} : { children: children.map(plain) }),
      ...(subject === undefined ? {} : { subject: plain(subject) }),
    });
    const known: Known = {
      digest: digestOf(payload),
      size: payload.byteLength,
      payload,
      blobs: [...(config === undefined ? [] : [config]), ...layers].map(({ digest }) => digest),
      children: (children ?? []).map(({ digest }) => digest),
      subject: subject?.digest,
    };
    if (!this.#manifests.some(({ digest }) => digest === known.digest)) this.#manifests.push(known);
    return known;
  }

  async #push(repo: number, known: Known, tag: number): Promise<void> {
    const name = this.#tag(tag);
    const { content, clock } = this.#bench;
    await content.manifests.put({
      repository: parseRepositoryName(this.name(repo)),
      reference:
        name === undefined
          ? { kind: "digest", digest: known.digest }
          : { kind: "tag", tag: parseTag(name) },
      tags: [],
      contentType: undefined,
      payload: known.payload,
      precondition: { kind: "none" },
      pusher,
    });
    this.#model.pushed(this.key(repo), known, name, clock.now());
  }
}

/** One of all; three times of four one of those that suit, if any do. */
function pickOf<T>(all: readonly T[], pick: number, suits: (each: T) => boolean): T | undefined {
  const suitable = pick % 4 === 3 ? [] : all.filter(suits);
  const among = suitable.length > 0 ? suitable : all;
  return among[pick % Math.max(1, among.length)];
}
