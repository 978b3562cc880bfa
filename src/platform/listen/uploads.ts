import type { UploadProgress } from "./handler.ts";
import { IDLE_TIMEOUT, type RequestTimer } from "./limits.ts";
import { type PaceLimits, ProgressMeter } from "./progress.ts";

/**
 * Watches running uploads. The runtime's idle timeout is lifted for them, because it cuts a client that
 * sends less than some 16 kB/s however alive it is; a client below our own floor is cut by a timeout of a second.
 */
export class UploadWatch {
  readonly #limits: PaceLimits;
  readonly #sweepEvery: number;
  readonly #running = new Set<WatchedUpload>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(limits: PaceLimits, sweepEvery: number) {
    this.#limits = limits;
    this.#sweepEvery = sweepEvery;
  }

  get size(): number {
    return this.#running.size;
  }

  start(timer: RequestTimer, request: Request): UploadProgress {
    const meter = new ProgressMeter(this.#limits, performance.now());
    const upload = new WatchedUpload(timer, request, meter, this.#running);
    this.#running.add(upload);
    timer.timeout(request, 0);
    this.#timer ??= this.#tick();
    return upload;
  }

  #tick(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => this.#sweep(), this.#sweepEvery);
    timer.unref();
    return timer;
  }

  #sweep(): void {
    const now = performance.now();
    for (const upload of this.#running) upload.check(now);
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

class WatchedUpload implements UploadProgress {
  readonly #timer: RequestTimer;
  readonly #request: Request;
  readonly #meter: ProgressMeter;
  readonly #running: Set<WatchedUpload>;

  constructor(
    timer: RequestTimer,
    request: Request,
    meter: ProgressMeter,
    running: Set<WatchedUpload>,
  ) {
    this.#timer = timer;
    this.#request = request;
    this.#meter = meter;
    this.#running = running;
  }

  progress(bytes: number): void {
    this.#meter.add(bytes, performance.now());
  }

  done(): void {
    // A lifted timeout outlives the request: the idle connection would be kept for ever.
    if (this.#running.delete(this)) this.#timer.timeout(this.#request, IDLE_TIMEOUT);
  }

  check(now: number): void {
    if (this.#meter.pace(now) === "alive") return;
    this.#running.delete(this);
    this.#timer.timeout(this.#request, 1);
  }
}
