import { forgetBlobs, type TakenBlob, takeBlobs } from "../../src/features/reclaim/store/blobs.ts";
import { Failure } from "../../src/kernel/errors/catalogue.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import { stampRow } from "../support/rows.ts";
import { OF_REPOSITORIES, type ReclaimBench, times } from "./bench.ts";
import { Model, type Seen } from "./model.ts";
import type { Part, Step, Stray, Write } from "./steps.ts";
import { Writer } from "./writer.ts";

const LEASE = 5_000;
const REPOSITORIES = [0, 1] as const;

/** Plays a history on a registry and on its model, and holds them against each other. */
export class Player {
  readonly #bench: ReclaimBench;
  readonly #model = new Model(times);
  readonly #writer: Writer;
  /** What each sweeper has in its hands. */
  readonly #hands: { taken: TakenBlob[]; removed: TakenBlob[] }[] = [
    { taken: [], removed: [] },
    { taken: [], removed: [] },
  ];
  readonly wrong: string[];

  constructor(bench: ReclaimBench, prefix: string) {
    this.#bench = bench;
    this.#writer = new Writer(bench, prefix, this.#model);
    this.wrong = this.#writer.wrong;
  }

  async play(step: Step): Promise<void> {
    const { clock } = this.#bench;
    if (step.kind === "wait") clock.advance(step.milliseconds);
    else if (step.kind === "sweep") await this.#sweep(step.part);
    else if (step.kind === "stray") await this.#stray(step);
    else if (step.kind === "both") {
      await Promise.all([
        ...step.writes.map((each) => this.#attempt(each, false)),
        this.#sweep(step.part),
      ]);
    } else {
      clock.advance(1);
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
    for (const { key: repository, id } of this.#model.shelf.there()) {
      const { manifests, blobs, tags } = this.#model.lasting(repository);
      const seen = await this.#see(id);
      this.#same(`${repository}: tags`, await this.#tags(id), tags);
      this.#same(`${repository}: manifests`, [...seen.live].sort(), manifests);
      this.#same(`${repository}: trash`, [...seen.trashed], []);
      this.#same(`${repository}: blobs`, [...seen.visible].sort(), blobs);
    }
    for (const table of OF_REPOSITORIES) {
      const left = await db.read
        .selectFrom(table)
        .select("repository_id")
        .where("repository_id", "in", ["", ...this.#model.shelf.gone()])
        .execute();
      this.#same(`${table} of what is gone`, left, []);
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
    const hidden = await db.read
      .selectFrom("repository_blobs as l")
      .leftJoin("manifest_blobs as e", (j) =>
        j.onRef("e.repository_id", "=", "l.repository_id").onRef("e.digest", "=", "l.digest"),
      )
      .select("l.digest")
      .where("e.digest", "is", null)
      .execute();
    this.#same("links that nothing holds", hidden, []);
    this.#same("files", await this.#bench.files(), located);
    this.#same("copies", await db.read.selectFrom("displaced_copies").selectAll().execute(), []);
  }

  /** Holds every row, every promise and every byte against the model. */
  async check(): Promise<void> {
    const { db, blobs, clock, content } = this.#bench;
    await this.#seeRepositories();
    for (const index of REPOSITORIES) {
      const name = parseRepositoryName(this.#writer.name(index));
      const repository = this.#writer.key(index);
      for (const digest of this.#writer.digests()) {
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

  async #seeRepositories(): Promise<void> {
    const { db, clock } = this.#bench;
    const { shelf } = this.#model;
    const rows = await db.read
      .selectFrom("repositories")
      .select(["id", "name", "deleted_at", "emptied_at"])
      .where(
        "name",
        "in",
        REPOSITORIES.map((index) => this.#writer.name(index)),
      )
      .execute();
    const seen = rows.map(({ id, name, deleted_at, emptied_at }) => ({
      id,
      name,
      isDeleted: deleted_at !== null,
      isGoing: emptied_at !== null,
    }));
    const isUsed = (key: string) => this.#model.isUsed(key);
    this.wrong.push(...shelf.see(seen, isUsed, clock.now()));
    for (const { key, id } of shelf.there()) {
      if (shelf.isGoing(key)) continue;
      this.wrong.push(...this.#model.see(key, await this.#see(id), clock.now()));
    }
    shelf.settle();
  }

  /** Stamps a row that something holds, as if by mistake: it must stay all the same. */
  async #stray({ repo, pick, on }: Stray): Promise<void> {
    const { db, clock } = this.#bench;
    const repository = this.#writer.key(repo);
    const found = this.#model.shelf.there().find(({ key }) => key === repository);
    const digest =
      on === "manifests" ? this.#writer.manifest(pick)?.digest : this.#writer.blob(pick)?.digest;
    if (found === undefined || digest === undefined) return;
    const isHeld =
      on === "manifests"
        ? this.#model.isHeld(repository, digest)
        : this.#model.isNamed(repository, digest);
    if (!isHeld) return;
    const where = on === "blobs" ? { digest } : { digest, repository_id: found.id };
    await db.write(stampRow, { table: on, where, at: clock.now() });
  }

  #same(what: string, actual: unknown, expected: unknown): void {
    if (JSON.stringify(actual) === JSON.stringify(expected)) return;
    this.wrong.push(`${what}: ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`);
  }

  async #tags(id: string): Promise<string[]> {
    const rows = await this.#bench.db.read
      .selectFrom("tags")
      .select(["name", "manifest"])
      .where("repository_id", "=", id)
      .execute();
    return rows.map(({ name, manifest }) => `${name} ${manifest}`).sort();
  }

  async #see(id: string): Promise<Seen> {
    const { db } = this.#bench;
    const manifests = await db.read
      .selectFrom("manifests as m")
      .select(["m.digest", "m.deleted_at"])
      .where("m.repository_id", "=", id)
      .execute();
    const links = await db.read
      .selectFrom("repository_blobs as l")
      .select("l.digest")
      .where("l.repository_id", "=", id)
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
    const owed = alone && this.#writer.isOwed(write);
    try {
      await this.#writer.write(write);
    } catch (error) {
      if (!(error instanceof Failure) || error.status >= 500) throw error;
      if (owed) this.wrong.push(`${JSON.stringify(write)} was refused: ${error.message}`);
    }
  }
}
