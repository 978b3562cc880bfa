import { type KernelSocket, socketKey } from "./kernel-sockets.ts";
import { IDLE_TIMEOUT, type RequestTimer } from "./limits.ts";
import { type PaceLimits, ProgressMeter } from "./progress.ts";

// HTTP/2 sends several bodies over one connection; more than this many large ones at a time are rare.
const REQUESTS_PER_CONNECTION = 16;

/** What a running download needs to be told from others and kept alive. */
export interface DownloadSource {
  readonly timer: RequestTimer;
  readonly request: Request;
  readonly localPort: number;
  readonly address: string;
  readonly port: number;
}

interface Watched {
  meter: ProgressMeter;
  readonly downloads: DownloadSource[];
  unsent: number;
  quiet: boolean;
}

/**
 * Watches large answers. The runtime takes a reader for dead when nothing could be written for the idle timeout,
 * and as the kernel asks for more only after draining megabytes, a living reader below some 16 kB/s would be cut.
 * So we look at what the kernel still has to send: while that moves, the timer is wound up again.
 */
export class DownloadWatch {
  readonly #limits: PaceLimits;
  readonly #sweepEvery: number;
  readonly #read: (localPorts: readonly number[]) => KernelSocket[] | undefined;
  readonly #running = new Map<string, Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    limits: PaceLimits,
    sweepEvery: number,
    read: (localPorts: readonly number[]) => KernelSocket[] | undefined,
  ) {
    this.#limits = limits;
    this.#sweepEvery = sweepEvery;
    this.#read = read;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Whether a body of `bytes` may outlast the idle timeout at the slowest pace allowed. */
  isLarge(bytes: number): boolean {
    return bytes > this.#limits.floor * IDLE_TIMEOUT;
  }

  start(source: DownloadSource): void {
    const key = socketKey(source.localPort, source.address, source.port);
    const known = this.#running.get(key);
    if (known === undefined) {
      const meter = new ProgressMeter(this.#limits, performance.now());
      this.#running.set(key, { meter, downloads: [source], unsent: 0, quiet: false });
    } else {
      if (known.downloads.length >= REQUESTS_PER_CONNECTION) known.downloads.shift();
      known.downloads.push(source);
    }
    this.#timer ??= this.#tick();
  }

  #tick(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => this.#sweep(), this.#sweepEvery);
    timer.unref();
    return timer;
  }

  #sweep(): void {
    const ports = new Set<number>();
    for (const { downloads } of this.#running.values()) {
      for (const { localPort } of downloads) ports.add(localPort);
    }
    const unsent = new Map<string, number>();
    for (const socket of this.#read([...ports]) ?? []) unsent.set(socket.key, socket.unsent);
    const now = performance.now();
    for (const [key, watched] of this.#running) {
      // The kernel's list may miss a connection once while it changes: that counts as an empty queue.
      const left = unsent.get(key) ?? 0;
      if (!judge(watched, this.#limits, left, now)) this.#running.delete(key);
    }
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Winds the timers up, or lets them run out; false when there is nothing left to watch. */
function judge(watched: Watched, limits: PaceLimits, unsent: number, now: number): boolean {
  if (unsent === 0) {
    // A body that ended, or one whose source is slow: not the reader's doing.
    if (watched.quiet) return false;
    watched.meter = new ProgressMeter(limits, now);
  } else {
    // The queue sinks as the reader acknowledges and jumps when the runtime refills what has drained:
    // either way at least the difference was read.
    watched.meter.add(Math.abs(unsent - watched.unsent), now);
  }
  watched.quiet = unsent === 0;
  watched.unsent = unsent;
  const alive = watched.meter.pace(now) === "alive";
  for (const { timer, request } of watched.downloads) {
    timer.timeout(request, alive ? IDLE_TIMEOUT : 1);
  }
  return alive;
}
