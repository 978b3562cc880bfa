import type { PaceLimits } from "./progress.ts";

/** Seconds without traffic after which the runtime closes a connection: the most that it takes. */
export const IDLE_TIMEOUT = 255;

/** The part of the server that holds a request's idle timer; 0 seconds lifts it. */
export interface RequestTimer {
  timeout(request: Request, seconds: number): void;
}

/** How patient the listener is. Times in milliseconds; tests shorten them. */
export interface ListenLimits {
  readonly upload: PaceLimits;
  readonly download: PaceLimits;
  /** How often running uploads are looked at. */
  readonly uploadSweep: number;
  /** How often running downloads are looked at; well below the idle timeout. */
  readonly downloadSweep: number;
  /** How often connections are counted. */
  readonly connectionSweep: number;
  /** How long a listener that goes says `Connection: close` before it stops, so that clients leave by themselves. */
  readonly farewell: number;
  /** How often the certificate files are looked at, besides being watched. */
  readonly certificatePoll: number;
  /** Certificate and key are two files: how long to wait for the second after the first changed. */
  readonly certificateSettle: number;
}

const MINUTE = 60_000;
const FLOOR = 1_000;

export const DEFAULT_LIMITS: ListenLimits = {
  upload: { stall: MINUTE, window: 5 * MINUTE, floor: FLOOR },
  download: { stall: 5 * MINUTE, window: 5 * MINUTE, floor: FLOOR },
  uploadSweep: 5_000,
  downloadSweep: 15_000,
  connectionSweep: 1_000,
  farewell: 200,
  certificatePoll: 10_000,
  certificateSettle: 300,
};
