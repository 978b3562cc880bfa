import { forgetBlobs, type TakenBlob, takeBlobs } from "../../src/features/reclaim/store/blobs.ts";
import { Failure } from "../../src/kernel/errors/catalogue.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import { bodyOf, digestOf, doer, manifestBytes, pusher } from "../support/content-bench.ts";
import { type ReclaimBench, times } from "./bench.ts";
import { type Known, Model, type Seen } from "./model.ts";
import type { Part, Step, Write } from "./steps.ts";

interface KnownBlob {
  readonly digest: Digest;
  readonly size: number;
}

const LEASE = 5_000;

/** Plays a history on a registry and on its model, and holds them against each other. */
export class Player {
  readonly #bench: ReclaimBench;
  readonly #prefix: string;
  readonly #model = new Model(times);
  readonly #blobs: KnownBlob[] = [];
  readonly #manifests: Known[] = [];
  /** What each sweeper has in its hands. */
  readonly #hands: { taken: TakenBlob[]; removed: TakenBlob[] }[] = [
    { taken: [], removed: [] },
    { taken: [], removed: [] },
  ];
  readonly wrong: string[] = [];

  constructor(bench: ReclaimBench, prefix: string) {
    this.#bench = bench;
    this.#prefix = prefix;
  }

  async play(step: Step): Promise<void> {
    const { clock } = this.#bench;
    if (step.kind === "wait") clock.advance(step.milliseconds);
    else if (step.kind === "sweep") await this.#sweep(step.part);
    else if (step.kind === "both") {
      await Promise.all([
        ...step.writes.map((each) => this.#attempt(each, false)),
        this.#sweep(step.part),
      ]);
    } else {
      const parts = [...step.between];
      this.#bench.between = async () => {
        const part = parts.shift();
        if (part !== undefined) await this.#sweep(part);
      };
      await this.#attempt(step.write, parts.length === 0);
      this.#bench.between = async () => {};
    }
    await this.check();
  }

  /** Lets time go by until nothing is left to do. */
  async end(): Promise<void> {
    for (const hand of this.#hands) {
      hand.taken = [];
      hand.removed = [];
    }
    for (let rounds = 0; rounds < 8; rounds++) {
      this.#bench.clock.advance(40_000);
      for (const { sweep } of this.#bench.stages) {
        for (let rows = 1; rows > 0; ) ({ rows } = await sweep());
      }
      await this.check();
    }
    const { db } = this.#bench;
    for (const repository of this.#repositories()) {
      const { manifests, blobs } = this.#model.lasting(repository);
      const seen = await this.#see(repository);
      this.#same(`${repository}: manifests`, [...seen.live].sort(), manifests);
      this.#same(`${repository}: trash`, [...seen.trashed], []);
      this.#same(`${repository}: blobs`, [...seen.visible].sort(), blobs);
    }
    const rows = await db.read.selectFrom("blobs").select(["digest", "location"]).execute();
    const links = await db.read
      .selectFrom("repository_blobs")
      .select("digest")
      .distinct()
      .execute();
    this.#same(
      "blobs",
      rows.map((row) => row.digest).sort(),
      links.map((row) => row.digest).sort(),
    );
    const located = rows.map((row) => row.location).sort();
    this.#same("files", await this.#bench.files(), located);
    this.#same("copies", await db.read.selectFrom("displaced_copies").selectAll().execute(), []);
  }

  /** Holds every row, every promise and every byte against the model. */
  async check(): Promise<void> {
    const { db, blobs, clock, content } = this.#bench;
    for (const repository of this.#repositories()) {
      const name = parseRepositoryName(repository);
      this.wrong.push(...this.#model.see(repository, await this.#see(repository), clock.now()));
      for (const { digest } of this.#blobs) {
        if (!this.#model.mustBeVisible(repository, digest, clock.now())) continue;
        try {
          const found = await content.blobs.get(name, digest);
          await found.open();
        } catch (error) {
          this.wrong.push(`${repository} ${digest} cannot be pulled: ${error}`);
        }
      }
    }
    const stored = await db.read
      .selectFrom("blobs as b")
      .select(["b.digest", "b.location", "b.size", "b.state"])
      .execute();
    const linked = new Set(
      (await db.read.selectFrom("repository_blobs").select("digest").execute()).map(
        (l) => l.digest,
      ),
    );
    for (const { digest, location, size, state } of stored) {
      if (state === "live" && (await blobs.stat(location))?.size !== size) {
        this.wrong.push(`the bytes of ${digest} are missing`);
      }
      if (linked.has(digest) && state !== "live")
        this.wrong.push(`${digest} is linked and ${state}`);
    }
  }

  #repositories(): string[] {
    return [`${this.#prefix}/r0`, `${this.#prefix}/r1`];
  }

  #same(what: string, actual: unknown, expected: unknown): void {
    if (JSON.stringify(actual) === JSON.stringify(expected)) return;
    this.wrong.push(`${what}: ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`);
  }

  async #see(repository: string): Promise<Seen> {
    const { db } = this.#bench;
    const manifests = await db.read
      .selectFrom("manifests as m")
      .innerJoin("repositories as r", "r.id", "m.repository_id")
      .select(["m.digest", "m.deleted_at"])
      .where("r.name", "=", repository)
      .execute();
    const links = await db.read
      .selectFrom("repository_blobs as l")
      .innerJoin("repositories as r", "r.id", "l.repository_id")
      .select("l.digest")
      .where("r.name", "=", repository)
      .where("l.deleted_at", "is", null)
      .execute();
    return {
      live: new Set(manifests.filter((m) => m.deleted_at === null).map((m) => m.digest)),
      trashed: new Set(manifests.filter((m) => m.deleted_at !== null).map((m) => m.digest)),
      visible: new Set(links.map((l) => l.digest)),
    };
  }

  async #sweep(step: Part): Promise<void> {
    const { db, blobs, clock, stages } = this.#bench;
    if (!("sweeper" in step)) {
      await stages.find((each) => each.name === step.part)?.sweep();
      return;
    }
    const hand = this.#hands[step.sweeper];
    if (hand === undefined) return;
    switch (step.part) {
      case "take":
        hand.taken.push(
          ...(await db.write(takeBlobs, { now: clock.now(), limit: 2, lease: LEASE })),
        );
        break;
      case "remove":
        for (const each of hand.taken) await blobs.remove(each.location);
        hand.removed.push(...hand.taken.splice(0));
        break;
      case "forget":
        await db.write(forgetBlobs, { now: clock.now(), blobs: hand.removed.splice(0) });
        break;
      case "die":
        hand.taken = [];
        hand.removed = [];
        break;
    }
  }

  /** Writes; a refusal is right only when something that was named need not be there. */
  async #attempt(write: Write, alone: boolean): Promise<void> {
    const owed = alone && this.#isOwed(write);
    try {
      await this.#write(write);
    } catch (error) {
      if (!(error instanceof Failure) || error.status >= 500) throw error;
      if (owed) this.wrong.push(`${JSON.stringify(write)} was refused: ${error.message}`);
    }
  }

  /** Whether all that a write names is promised to be there. */
  #isOwed(write: Write): boolean {
    const repository = this.#repository("repo" in write ? write.repo : 0);
    const now = this.#bench.clock.now();
    const visible = (digest: Digest) => this.#model.mustBeVisible(repository, digest, now);
    if (write.do === "image")
      return this.#picked(write.picks).every(({ digest }) => visible(digest));
    if (write.do === "index" || write.do === "tag") {
      const known = this.#manifest(write.pick);
      return known !== undefined && this.#model.mustBeLive(repository, known.digest, now);
    }
    if (write.do === "again") {
      const known = this.#manifest(write.pick);
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

  #manifest(pick: number): Known | undefined {
    return this.#manifests[pick % Math.max(1, this.#manifests.length)];
  }

  #picked(picks: readonly number[]): KnownBlob[] {
    return picks.flatMap((each) => this.#blobs[each % Math.max(1, this.#blobs.length)] ?? []);
  }

  #tag(index: number): string | undefined {
    return index === 0 ? undefined : `t${index}`;
  }

  async #write(write: Write): Promise<void> {
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
        const child = this.#manifest(write.pick);
        if (child === undefined) return;
        await this.#push(repository, this.#known({ children: [child] }), write.tag);
        break;
      }
      case "referrer": {
        const subject = this.#manifest(write.pick);
        const [config] = this.#picked([write.blob]);
        if (subject === undefined || config === undefined) return;
        await this.#push(repository, this.#known({ config, subject }), 0);
        break;
      }
      case "again": {
        const known = this.#manifest(write.pick);
        if (known !== undefined) await this.#push(repository, known, write.tag);
        break;
      }
      case "tag": {
        const known = this.#manifest(write.pick);
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
        const known = this.#manifest(write.pick);
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
