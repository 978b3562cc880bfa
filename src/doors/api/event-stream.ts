/** One piece of `text/event-stream`: an event, or a comment that only keeps the connection alive. */
export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

const encoder = new TextEncoder();
const BEAT = encoder.encode(":\n\n");

export const EVENT_STREAM = "text/event-stream";

/** Headers of a stream that nothing in between may keep, change or hold back. */
export const EVENT_STREAM_HEADERS = {
  "content-type": EVENT_STREAM,
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
} as const;

/** JSON has no line breaks of its own, so an event is one line of data whatever it holds. */
function pieceOf({ event, id, data }: ServerEvent): Uint8Array {
  return encoder.encode(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
}

/**
 * Events as a body, made as fast as they are read; `undefined` becomes a heartbeat. `leave` is told
 * when the client has gone, however that shows.
 */
export function eventStream(
  events: AsyncIterator<ServerEvent | undefined>,
  request: Request,
  leave: () => void,
): ReadableStream<Uint8Array> {
  if (request.signal.aborted) leave();
  request.signal.addEventListener("abort", leave, { once: true });
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done === true) controller.close();
      else controller.enqueue(value === undefined ? BEAT : pieceOf(value));
    },
    cancel: leave,
  });
}
