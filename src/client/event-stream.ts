import { RestFault } from "./rest-fault.ts";

/** One event of `text/event-stream`. */
export interface StreamEvent {
  readonly event: string;
  /** Where to go on from after a cut; "" where the stream says nothing of it. */
  readonly id: string;
  readonly data: string;
}

/** Characters of one event: far more than any has. */
const MOST = 1 << 20;

function eventOf(block: string): StreamEvent | undefined {
  const fields = { event: "message", id: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "data") data.push(value);
    else if (name === "event" || name === "id") fields[name] = value;
  }
  // A block without data is none: a comment, which only keeps the connection.
  return data.length === 0 ? undefined : { ...fields, data: data.join("\n") };
}

/**
 * Reads events as they come; what was begun when the stream ends counts for nothing (HTML standard,
 * "interpreting an event stream"). Throws `RestFault` for one that is too long.
 */
export async function* readEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of pieces) {
    // A pair may be torn in two: a lone CR at the end waits for what follows.
    text = (text + decoder.decode(piece, { stream: true })).replace(/\r\n|\r(?=.)/gs, "\n");
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = eventOf(text.slice(0, end));
      text = text.slice(end + 2);
      if (event !== undefined) yield event;
    }
    if (text.length > MOST) throw new RestFault("unreadable", `an event of more than ${MOST}`);
  }
}
