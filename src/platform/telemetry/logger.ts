import { type DestinationStream, destination, levels, pino, stdTimeFunctions } from "pino";
import { serializeError, serializeHeaders, serializeUrl } from "./serialize.ts";
import type { Logger } from "./telemetry.ts";
import { formatAsText } from "./text-format.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Whether lines of `level` are written when `least` is the least severity that is. */
export function isLogged(level: Exclude<LogLevel, "silent">, least: LogLevel): boolean {
  return (levels.values[level] ?? 0) >= (levels.values[least] ?? Number.POSITIVE_INFINITY);
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  /** Where lines go; standard output unless told. */
  readonly sink?: LogSink;
}

/** Takes finished lines, each with its line break. */
export interface LogSink {
  write(line: string): void;
  flushSync(): void;
}

/** Beyond this much unwritten output, lines are dropped: a stuck reader must not fill the memory. */
const MOST_UNWRITTEN = 8 * 1024 * 1024;

/** Lines of one turn of the event loop are written together, in pieces of about this size. */
const BATCH = 64 * 1024;

/**
 * Standard output, written in the background. The library's own transports need worker threads
 * with paths found at run time, which a single executable does not have.
 */
export function standardOutput(): LogSink {
  const stream = destination({ dest: 1, sync: false, maxLength: MOST_UNWRITTEN });
  // A reader that went away (`entrepot serve | head`) is no reason to stop serving.
  stream.on("error", () => {});
  let batch = "";
  let isScheduled = false;
  const hand = () => {
    isScheduled = false;
    if (batch !== "") stream.write(batch);
    batch = "";
  };
  return {
    write: (line) => {
      batch += line;
      if (batch.length >= BATCH) hand();
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(hand);
    },
    flushSync: () => {
      hand();
      try {
        stream.flushSync();
      } catch {
        // What cannot be written at the end has nowhere else to go.
      }
    },
  };
}

/** The log, and the way to write out what is still in memory. */
export function openLogger(options: LoggerOptions): { logger: Logger; flush(): void } {
  const sink = options.sink ?? standardOutput();
  const stream: DestinationStream =
    options.format === "json"
      ? { write: (line) => sink.write(line) }
      : { write: (line) => sink.write(formatAsText(line)) };
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err: (error) => serializeError(error),
        error: (error) => serializeError(error),
        headers: serializeHeaders,
        url: serializeUrl,
      },
    },
    stream,
  );
  return { logger, flush: () => sink.flushSync() };
}
