import type { Digest } from "../../src/oci/digest.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import { bodyOf, digestOf, doer, manifestBytes, pusher } from "../support/content-bench.ts";
import type { ReclaimBench } from "./bench.ts";
import type { Known, Model } from "./model.ts";
import type { Write } from "./steps.ts";

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

  constructor(bench: ReclaimBench, prefix: string, model: Model) {
    this.#bench = bench;
    this.#prefix = prefix;
    this.#model = model;
  }

  /** Digests of all blobs that were ever pushed. */
  digests(): Digest[] {
    return this.#blobs.map(({ digest }) => digest);
  }

  /** Whether all that a write names is promised to be there. */
  isOwed(write: Write): boolean {
    const repository = this.#repository("repo" in write ? write.repo : 0);
    const now = this.#bench.clock.now();
    const visible = (digest: Digest) => this.#model.mustBeVisible(repository, digest, now);
    if (write.do === "image")
      return this.#picked(write.picks).every(({ digest }) => visible(digest));
    if (write.do === "index" || write.do === "tag") {
      const known = this.manifest(write.pick);
      return known !== undefined && this.#model.mustBeLive(repository, known.digest, now);
    }
    if (write.do === "again") {
      const known = this.manifest(write.pick);
      const isWhole = known?.children.every((each) =>
        this.#model.mustBeLive(repository, each, now),
      );
      return isWhole === true && known?.blobs.every(visible) === true;
    }
    return write.do === "blob";
  }

  #repository(index: number): string {
    return `${this.#prefix}/r${index}`;
  }

  manifest(pick: number): Known | undefined {
    return this.#manifests[pick % Math.max(1, this.#manifests.length)];
  }

  blob(pick: number): KnownBlob | undefined {
    return this.#picked([pick])[0];
  }

  #picked(picks: readonly number[]): KnownBlob[] {
    return picks.flatMap((each) => this.#blobs[each % Math.max(1, this.#blobs.length)] ?? []);
  }

  #tag(index: number): string | undefined {
    return index === 0 ? undefined : `t${index}`;
  }

  /** Throws the refusal, if it is one. */
  async write(write: Write): Promise<void> {
    const { content, clock } = this.#bench;
    const repository = this.#repository(write.repo);
    const name = parseRepositoryName(repository);
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
        const [blob] = this.#picked([write.pick]);
        if (blob === undefined) return;
        await content.blobs.check(name, blob.digest);
        this.#model.confirmed(repository, blob.digest, clock.now());
        break;
      }
      case "mount": {
        const [blob] = this.#picked([write.pick]);
        if (blob === undefined) return;
        const from = parseRepositoryName(this.#repository(1 - write.repo));
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
        const [config, ...layers] = this.#picked(write.picks);
        if (config === undefined) return;
        await this.#push(repository, this.#known({ config, layers }), write.tag);
        break;
      }
      case "index": {
        const child = this.manifest(write.pick);
        if (child === undefined) return;
        await this.#push(repository, this.#known({ children: [child] }), write.tag);
        break;
      }
      case "referrer": {
        const subject = this.manifest(write.pick);
        const [config] = this.#picked([write.blob]);
        if (subject === undefined || config === undefined) return;
        await this.#push(repository, this.#known({ config, subject }), 0);
        break;
      }
      case "again": {
        const known = this.manifest(write.pick);
        if (known !== undefined) await this.#push(repository, known, write.tag);
        break;
      }
      case "tag": {
        const known = this.manifest(write.pick);
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
        const known = this.manifest(write.pick);
        if (known === undefined) return;
        const { digest } = known;
        await content.manifests.delete(name, { kind: "digest", digest }, doer);
        this.#model.deleted(repository, digest, clock.now());
        break;
      }
      case "unlink": {
        const [blob] = this.#picked([write.pick]);
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

  async #push(repository: string, known: Known, tag: number): Promise<void> {
    const name = this.#tag(tag);
    const { content, clock } = this.#bench;
    await content.manifests.put({
      repository: parseRepositoryName(repository),
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
    this.#model.pushed(repository, known, name, clock.now());
  }
}
