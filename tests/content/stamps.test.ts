import { expect, test } from "bun:test";
import fc from "fast-check";
import { MINUTE } from "../../src/kernel/clock.ts";
import { Failure } from "../../src/kernel/errors/catalogue.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import {
  type ContentBench,
  type Described,
  doer,
  openContentBench,
  pushBlob,
  pusher,
  pushManifest,
  settings,
} from "../support/content-bench.ts";

/** What one step of a random history does; numbers choose among what exists by then. */
type Step =
  | { readonly kind: "blob"; readonly repo: number; readonly text: number }
  | { readonly kind: "image"; readonly repo: number; readonly pick: number; readonly tag: number }
  | { readonly kind: "index"; readonly repo: number; readonly pick: number; readonly tag: number }
  | { readonly kind: "referrer"; readonly repo: number; readonly pick: number }
  | { readonly kind: "mount"; readonly repo: number; readonly pick: number }
  | { readonly kind: "untag"; readonly repo: number; readonly tag: number }
  | { readonly kind: "delete"; readonly repo: number; readonly pick: number }
  | {
      readonly kind: "unlink";
      readonly repo: number;
      readonly pick: number;
      readonly force: boolean;
    }
  | { readonly kind: "wait" };

const small = fc.nat({ max: 7 });
const repo = fc.nat({ max: 1 });
const tag = fc.nat({ max: 3 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("blob" as const), repo, text: small }),
  fc.record({ kind: fc.constant("image" as const), repo, pick: small, tag }),
  fc.record({ kind: fc.constant("index" as const), repo, pick: small, tag }),
  fc.record({ kind: fc.constant("referrer" as const), repo, pick: small }),
  fc.record({ kind: fc.constant("mount" as const), repo, pick: small }),
  fc.record({ kind: fc.constant("untag" as const), repo, tag }),
  fc.record({ kind: fc.constant("delete" as const), repo, pick: small }),
  fc.record({ kind: fc.constant("unlink" as const), repo, pick: small, force: fc.boolean() }),
  fc.constant({ kind: "wait" as const }),
);

/** Plays a history; refusals are part of it. */
class Player {
  readonly #bench: ContentBench;
  readonly #prefix: string;
  readonly #blobs: Described[] = [];
  readonly #manifests: Described[] = [];

  constructor(bench: ContentBench, prefix: string) {
    this.#bench = bench;
    this.#prefix = prefix;
  }

  async play(step: Step): Promise<void> {
    try {
      await this.#do(step);
    } catch (error) {
      if (!(error instanceof Failure) || error.status >= 500) throw error;
    }
  }

  #repo(index: number): string {
    return `${this.#prefix}/r${index}`;
  }

  #tag(index: number): string | undefined {
    return index === 0 ? undefined : `t${index}`;
  }

  async #do(step: Step): Promise<void> {
    const { content, clock } = this.#bench;
    clock.advance(1);
    if (step.kind === "wait") return clock.advance(MINUTE);
    const repository = this.#repo(step.repo);
    const name = parseRepositoryName(repository);
    const pick = "pick" in step ? step.pick : 0;
    const blob = this.#blobs[pick % Math.max(1, this.#blobs.length)];
    const manifest = this.#manifests[pick % Math.max(1, this.#manifests.length)];
    switch (step.kind) {
      case "blob":
        this.#blobs.push(await pushBlob(content, repository, `${this.#prefix} ${step.text}`));
        break;
      case "image":
        if (blob === undefined) return;
        this.#manifests.push(
          await pushManifest(
            content,
            repository,
            { config: blob, layers: [blob], note: this.#prefix },
            this.#tag(step.tag),
          ),
        );
        break;
      case "index":
        if (manifest === undefined) return;
        this.#manifests.push(
          await pushManifest(
            content,
            repository,
            { children: [manifest], note: this.#prefix },
            this.#tag(step.tag),
          ),
        );
        break;
      case "referrer":
        if (manifest === undefined || blob === undefined) return;
        this.#manifests.push(
          await pushManifest(content, repository, {
            config: blob,
            subject: manifest,
            note: this.#prefix,
          }),
        );
        break;
      case "mount":
        if (blob === undefined) return;
        await content.blobs.mount({
          repository: name,
          digest: blob.digest,
          from: parseRepositoryName(this.#repo(1 - step.repo)),
          pusher,
          mayPull: async () => true,
        });
        break;
      case "untag":
        await content.manifests.delete(
          name,
          { kind: "tag", tag: parseTag(this.#tag(step.tag) ?? "t1") },
          doer,
        );
        break;
      case "delete":
        if (manifest === undefined) return;
        await content.manifests.delete(name, { kind: "digest", digest: manifest.digest }, doer);
        break;
      case "unlink":
        if (blob === undefined) return;
        await content.blobs.unlink({
          repository: name,
          digest: blob.digest as Digest,
          force: step.force,
          doer,
        });
        break;
    }
  }
}

/** Holds every row against the rules of what holds what. */
async function checkStamps({ db, blobs }: ContentBench): Promise<void> {
  const links = await db.read.selectFrom("repository_blobs").selectAll().execute();
  const edges = await db.read.selectFrom("manifest_blobs").selectAll().execute();
  const children = await db.read.selectFrom("manifest_children").selectAll().execute();
  const manifests = await db.read.selectFrom("manifests").selectAll().execute();
  const tags = await db.read.selectFrom("tags").selectAll().execute();

  for (const link of links) {
    const held = edges.some(
      (edge) => edge.repository_id === link.repository_id && edge.digest === link.digest,
    );
    // Held by a manifest, live or in the trash: no stamp. Otherwise its own stamp, and visible.
    expect(link.reclaim_after === null).toBe(held);
    if (link.deleted_at !== null) expect(held).toBe(true);
  }
  for (const blob of await db.read.selectFrom("blobs").selectAll().execute()) {
    const linked = links.some((link) => link.digest === blob.digest);
    expect(blob.reclaim_after === null).toBe(linked);
    expect((await blobs.stat(blob.location))?.size).toBe(blob.size);
  }
  for (const manifest of manifests) {
    if (manifest.deleted_at !== null) {
      expect(manifest.reclaim_after).toBe(manifest.deleted_at + settings.trashKeep);
      continue;
    }
    const here = { repository_id: manifest.repository_id };
    const live = (digest: string | null) =>
      manifests.some(
        (other) =>
          other.repository_id === here.repository_id &&
          other.digest === digest &&
          other.deleted_at === null,
      );
    const held =
      tags.some((t) => t.repository_id === here.repository_id && t.manifest === manifest.digest) ||
      children.some(
        (c) =>
          c.repository_id === here.repository_id && c.child === manifest.digest && live(c.manifest),
      ) ||
      live(manifest.subject);
    expect(manifest.reclaim_after === null).toBe(held);
  }
  for (const each of tags) {
    const target = manifests.find(
      (m) => m.repository_id === each.repository_id && m.digest === each.manifest,
    );
    expect(target?.deleted_at).toBeNull();
  }
}

test("whatever happens, each row is stamped exactly when nothing holds it", async () => {
  const bench = await openContentBench();
  try {
    let history = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80 }), async (steps) => {
        const player = new Player(bench, `p${history++}`);
        for (const each of steps) await player.play(each);
        await checkStamps(bench);
      }),
      { numRuns: 30 },
    );
  } finally {
    await bench.close();
  }
}, 60_000);
