import { openFiles, openFilesLimit, readSockets } from "./kernel-sockets.ts";

/** The servers of a listener, as far as counting and shedding go. */
export interface CountedServers {
  readonly ports: readonly number[];
  readonly openRequests: number;
  /** Closes connections that carry no request right now. */
  closeIdle(): void;
}

// Files kept for the database, the storage and outbound connections.
const SHARE_OF_FILES = 0.8;

/**
 * Keeps connections below a cap. The runtime neither counts nor refuses connections, and spins when files run out,
 * so we count through the system and, above the cap, close what idles and keep nothing alive between requests;
 * requests beyond the cap are refused by the listener.
 */
export class Capacity {
  /** The most connections and the most concurrent requests: what was asked for, or what the open-files limit leaves. */
  readonly cap: number;
  readonly #servers: CountedServers;
  readonly #timer: ReturnType<typeof setInterval>;
  #crowded = false;

  constructor(servers: CountedServers, wanted: number, sweepEvery: number) {
    this.#servers = servers;
    this.cap = Math.min(wanted, Math.floor((openFilesLimit() ?? Infinity) * SHARE_OF_FILES));
    this.#timer = setInterval(() => this.#sweep(), sweepEvery);
    this.#timer.unref();
  }

  /** More connections than the cap were there at the last count: answers should end theirs. */
  get crowded(): boolean {
    return this.#crowded;
  }

  /** More requests are open than may be. */
  get full(): boolean {
    return this.#servers.openRequests > this.cap;
  }

  /** TCP connections open now, or as good a guess as the system allows: the open requests. */
  count(): number {
    return readSockets(this.#servers.ports)?.length ?? this.#servers.openRequests;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    // Each connection holds a file, so a process with few files open needs no exact count.
    const files = openFiles();
    if (files === undefined || files <= this.cap) {
      this.#crowded = false;
      return;
    }
    // When files have run out not even the kernel's list can be opened: then all of them are taken for connections.
    const connections = readSockets(this.#servers.ports)?.length ?? files;
    this.#crowded = connections > this.cap;
    if (this.#crowded) this.#servers.closeIdle();
  }
}
