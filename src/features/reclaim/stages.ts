import type { Clock } from "../../kernel/clock.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { Database } from "../../platform/database/port.ts";
import { systemDoer, type Witness } from "../audit/entry.ts";
import type { ReclaimSettings } from "./settings.ts";
import { forgetBlobs, forgetDisplaced, takeBlobs } from "./store/blobs.ts";
import { sweepDeleted } from "./store/deleted.ts";
import type { DueReads } from "./store/due.ts";
import { sweepLinks } from "./store/links.ts";
import { sweepManifests } from "./store/manifests.ts";

export interface StageParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly settings: ReclaimSettings;
  readonly reads: DueReads;
  readonly witness: (doer: typeof systemDoer) => Witness;
}

/** What one batch came to. */
export interface Swept {
  /** How many rows it looked at; 0 when none was due. */
  readonly rows: number;
  /** What the store threw for some of them, which stay for later; undefined when all went well. */
  readonly fault?: unknown;
}

/** One kind of rows that become due. */
export interface Stage {
  readonly name: string;
  /** Does one batch. Throws when nothing could be done. */
  sweep(): Promise<Swept>;
}

/** Rows of one transaction: the smaller the more dear a row is. */
const MANIFESTS = 8;
const LINKS = 50;
const BLOBS = 25;

/** Whoever took bytes and was not done with them by then is taken for dead. */
export const LEASE = 30_000;

/** Removes the bytes at each place; gives what is gone, or throws when none could be removed. */
async function removeAll<T extends { readonly location: string }>(
  blobs: BlobStore,
  copies: readonly T[],
): Promise<{ gone: T[]; fault?: unknown }> {
  const gone: T[] = [];
  const faults: unknown[] = [];
  for (const each of copies) {
    try {
      await blobs.remove(each.location);
      gone.push(each);
    } catch (error) {
      // Not known to be gone: it stays. One bad place does not keep the others.
      faults.push(error);
    }
  }
  if (faults.length > 0 && gone.length === 0) throw faults[0];
  return { gone, fault: faults[0] };
}

/** The stages in the order in which content falls through them. */
export function stagesOf(parts: StageParts): readonly Stage[] {
  const { db, blobs, clock, settings, reads, witness } = parts;
  const { grace, trashKeep: keep, untaggedAfter } = settings;
  return [
    {
      name: "repositories",
      async sweep() {
        const args = { now: clock.now(), keep, grace, principal: systemDoer.id };
        return { rows: await db.write(sweepDeleted, args) };
      },
    },
    {
      name: "manifests",
      async sweep() {
        const by = witness(systemDoer);
        const times = { now: by.at, grace, keep, untaggedAfter };
        const rows = await db.write(sweepManifests, { ...times, limit: MANIFESTS, witness: by });
        return { rows };
      },
    },
    {
      name: "links",
      async sweep() {
        return { rows: await db.write(sweepLinks, { now: clock.now(), grace, limit: LINKS }) };
      },
    },
    {
      name: "blobs",
      async sweep() {
        const taken = await db.write(takeBlobs, { now: clock.now(), limit: BLOBS, lease: LEASE });
        const { gone, fault } = await removeAll(blobs, taken);
        if (gone.length > 0) await db.write(forgetBlobs, { now: clock.now(), blobs: gone });
        return { rows: taken.length, fault };
      },
    },
    {
      name: "copies",
      async sweep() {
        const copies = await reads.displaced(clock.now() - grace, BLOBS);
        const { gone, fault } = await removeAll(blobs, copies);
        const locations = gone.map(({ location }) => location);
        if (gone.length > 0) await db.write(forgetDisplaced, { locations });
        return { rows: copies.length, fault };
      },
    },
  ];
}
