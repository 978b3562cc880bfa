import { SeededBytes, type SeededNumbers } from "../clients/random.ts";
import type { Attempt, Ledger } from "./ledger.ts";
import { type Answer, sha256, type Wire } from "./wire.ts";

export const REPOSITORIES = ["crash/one", "crash/two", "crash/deep/er/three"] as const;
/** Tags that all workers fight for, in every repository. */
export const TAGS = Array.from({ length: 16 }, (_, number) => `contended-${number}`);

export interface MadeBlob {
  readonly digest: string;
  readonly size: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface KnownBlob {
  readonly digest: string;
  readonly size: number;
}

/** A manifest that was acknowledged, with its bytes for pushing it again under another tag. */
export interface KnownManifest {
  readonly digest: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An upload whose end this process has not seen. */
export interface OpenUpload {
  readonly repository: string;
  readonly blob: MadeBlob;
  location: string;
  /** Bytes that a 202 has confirmed. */
  acknowledged: number;
  /** Bytes that may have arrived. */
  sent: number;
  /** The closing PUT is on its way. */
  closing: Attempt | undefined;
}

/** What the registry under test can do beyond the Docker protocol of 2016. */
export interface Abilities {
  /** `PUT …/manifests/<digest>?tag=a&tag=b`. */
  readonly tagParameter: boolean;
  /** Deleting a manifest takes its tags away in the same moment, and tags can be deleted. */
  readonly atomicDeletes: boolean;
  /** An upload that a crash has cut in the middle of a chunk goes on from what has arrived. */
  readonly resumes: boolean;
  /** A fault of the storage is answered with 503 or 507, never with anything else. */
  readonly honestFaults: boolean;
}

/** How many blobs and manifests of a repository later requests choose from. */
const REMEMBERED = 200;

/** What all workers share: the registry, what they know of it, and what they found wrong. */
export class World {
  readonly wire: Wire;
  readonly ledger: Ledger;
  readonly abilities: Abilities;
  readonly complaints: string[] = [];
  readonly counts = new Map<string, number>();
  readonly uploads = new Set<OpenUpload>();
  /** Locations of uploads that nobody will finish: they are cancelled when all is quiet. */
  readonly abandoned: string[] = [];
  readonly #seed: string;
  readonly #blobs = new Map<string, KnownBlob[]>();
  readonly #manifests = new Map<string, KnownManifest[]>();
  #made = 0;
  /** Workers end after the request they are in. */
  stopping = false;
  /** The process was killed: broken connections are no surprise. */
  killed = false;
  /** Storage faults are being injected: 503 and 507 are right answers. */
  faulty = false;

  constructor(wire: Wire, ledger: Ledger, abilities: Abilities, seed: string) {
    this.wire = wire;
    this.ledger = ledger;
    this.abilities = abilities;
    this.#seed = seed;
  }

  /** Never the same twice: a number for names and contents. */
  unique(): string {
    this.#made += 1;
    return `${this.#seed}-${this.#made}`;
  }

  /** New random bytes: mostly small as configs are, now and then as big as a layer. */
  makeBlob(numbers: SeededNumbers): MadeBlob {
    const size = numbers.integer(
      ...(numbers.pick<[number, number]>([
        ...Array.from({ length: 12 }, (): [number, number] => [0, 20_000]),
        ...Array.from({ length: 4 }, (): [number, number] => [20_000, 300_000]),
        [1_000_000, 3_000_000],
      ]) ?? [0, 0]),
    );
    const bytes = new SeededBytes(this.unique()).next(size);
    return { digest: sha256(bytes), size, bytes };
  }

  remember(repository: string, blob: KnownBlob): void {
    const known = this.blobs(repository);
    known.push({ digest: blob.digest, size: blob.size });
    if (known.length > REMEMBERED) known.shift();
  }

  rememberManifest(repository: string, manifest: KnownManifest): void {
    const known = this.manifests(repository);
    known.push(manifest);
    if (known.length > REMEMBERED) known.shift();
  }

  /** Blobs acknowledged in a repository that nobody deletes, the latest ones. */
  blobs(repository: string): KnownBlob[] {
    return entry(this.#blobs, repository);
  }

  /** Manifests acknowledged in a repository that nobody deletes, the latest ones. */
  manifests(repository: string): KnownManifest[] {
    return entry(this.#manifests, repository);
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  complain(words: string): void {
    this.complaints.push(words);
  }

  /**
   * Judges the answer to a request that changes something, and notes it in the ledger.
   * True: acknowledged.
   */
  settle(what: string, answer: Answer, attempt: Attempt | undefined, success: number): boolean {
    const { status } = answer;
    if (status === success) {
      attempt?.acknowledge();
      this.count(what);
      return true;
    }
    if (status === 0) {
      // It may still happen in there: the ledger keeps it open until the process is gone.
      this.#lost(what);
      return false;
    }
    if (status >= 500) attempt?.doubt();
    else attempt?.refuse();
    this.#unexpected(what, answer);
    return false;
  }

  /** Judges the answer to a request that only asks. */
  answered(what: string, answer: Answer, ...expected: readonly number[]): boolean {
    if (expected.includes(answer.status)) return true;
    if (answer.status === 0) this.#lost(what);
    else this.#unexpected(what, answer);
    return false;
  }

  #lost(what: string): void {
    this.count("lost");
    if (!this.killed && !this.faulty) this.complain(`${what}: the connection broke`);
  }

  #unexpected(what: string, answer: Answer): void {
    const fault = this.abilities.honestFaults ? [503, 507] : [500, 503, 507];
    if (this.faulty && fault.includes(answer.status)) {
      this.count(`fault ${answer.status}`);
      return;
    }
    const words = new TextDecoder().decode(answer.body).slice(0, 400);
    this.complain(`${what}: unexpected ${answer.status} ${words}`);
  }
}

function entry<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key);
  if (known) return known;
  const made: T[] = [];
  map.set(key, made);
  return made;
}
