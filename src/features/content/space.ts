import { type Clock, SECOND } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { ContentSettings } from "./settings.ts";

/** How long a reading of the free space is believed. */
const FRESH = SECOND;

/** Refuses to store before the disk is full, so that reads, deletes and the database go on. */
export class SpaceGuard {
  readonly #blobs: BlobStore;
  readonly #limits: ContentSettings["space"];
  readonly #clock: Clock;
  #readAt = Number.NEGATIVE_INFINITY;
  #free = 0;
  #least = 0;

  constructor(blobs: BlobStore, limits: ContentSettings["space"], clock: Clock) {
    this.#blobs = blobs;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Throws `service.storage_full` when less than the configured rest is free. */
  async check(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#readAt >= FRESH) {
      const { total, free } = await this.#blobs.capacity();
      this.#free = free;
      this.#least = Math.max(
        this.#limits.minFreeBytes,
        (total * this.#limits.minFreePercent) / 100,
      );
      this.#readAt = now;
    }
    if (this.#free < this.#least) throw failure("service.storage_full", { free: this.#free });
  }
}
