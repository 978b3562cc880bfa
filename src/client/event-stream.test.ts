import { expect, test } from "bun:test";
import fc from "fast-check";
import { readEvents, type StreamEvent } from "./event-stream.ts";
import { RestFault } from "./rest-fault.ts";

async function read(pieces: Iterable<Uint8Array>): Promise<StreamEvent[]> {
  async function* given() {
    yield* pieces;
  }
  const all: StreamEvent[] = [];
  for await (const event of readEvents(given())) all.push(event);
  return all;
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)];
}

const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, " "));
const event = fc.record({
  event: line.filter((text) => text !== ""),
  id: line,
  data: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n")),
});

test("what was written is read, however the bytes are cut and the lines are ended", async () => {
  const ends = fc.constantFrom("\n", "\r\n");
  await fc.assert(
    fc.asyncProperty(fc.array(event), ends, fc.array(fc.nat(9)), async (events, end, sizes) => {
      const text = events
        .map(({ event: name, id, data }) =>
          [
            ":a comment",
            "",
            `event: ${name}`,
            `id: ${id}`,
            ...data.split("\n").map((each) => `data: ${each}`),
            "",
            "",
          ].join(end),
        )
        .join("");
      expect(await read(cut(new TextEncoder().encode(text), sizes))).toEqual(events);
    }),
  );
});

test("what was cut off is no event, and one without end is refused", async () => {
  const bytes = (text: string) => [new TextEncoder().encode(text)];
  expect(await read(bytes("data: a\n\ndata: b\n"))).toEqual([
    { event: "message", id: "", data: "a" },
  ]);
  expect(await read(bytes(":\n\n:\n\n"))).toEqual([]);
  expect(await read(bytes("data\n\n"))).toEqual([{ event: "message", id: "", data: "" }]);
  const endless = Array.from({ length: 40 }, () => new Uint8Array(1 << 15).fill(97));
  await expect(read(endless)).rejects.toThrow(RestFault);
});
