import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { WireFault } from "../wire-fault.ts";
import { fieldValue, parseHead } from "./response-head.ts";
import { ResponseReader } from "./response-reader.ts";

/** Cuts bytes at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.byteLength + 1)))].sort(
    (a, b) => a - b,
  );
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const to of [...at, bytes.byteLength]) {
    if (to > from) pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}

function read(method: string, pieces: readonly Uint8Array[]) {
  const body: Buffer[] = [];
  const reader = new ResponseReader(method, (chunk) => {
    body.push(Buffer.from(chunk));
  });
  // One buffer for all pieces, as the bulk reader has: nothing may be kept by reference.
  const shared = new Uint8Array(pieces.reduce((most, one) => Math.max(most, one.byteLength), 0));
  for (const piece of pieces) {
    shared.set(piece);
    reader.push(shared.subarray(0, piece.byteLength));
    shared.fill(0);
  }
  return { reader, body: Buffer.concat(body) };
}

const places = fc.array(fc.nat(4_000), { maxLength: 40 });
const bodyBytes = fc.uint8Array({ maxLength: 2_000 });

function chunked(body: Uint8Array, sizes: readonly number[]): Buffer {
  const pieces = cut(body, sizes).map((piece) =>
    Buffer.concat([
      Buffer.from(`${piece.byteLength.toString(16)};x=y\r\n`),
      piece,
      Buffer.from("\r\n"),
    ]),
  );
  return Buffer.concat([...pieces, Buffer.from("0\r\nTrailer: yes\r\n\r\n")]);
}

describe("an answer parses alike however the network cuts it", () => {
  test("with a length", () => {
    fc.assert(
      fc.property(bodyBytes, places, (body, at) => {
        const head = `HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: ${body.byteLength}\r\n\r\n`;
        const { reader, body: got } = read(
          "GET",
          cut(Buffer.concat([Buffer.from(head), body]), at),
        );
        expect(reader.done).toBe(true);
        expect(reader.status).toBe(200);
        expect(reader.keepAlive).toBe(true);
        expect(reader.header("etag")).toBe('"x"');
        expect(reader.bodyLength).toBe(body.byteLength);
        expect(got.equals(Buffer.from(body))).toBe(true);
      }),
    );
  });

  test("in chunks, behind interim answers", () => {
    fc.assert(
      fc.property(bodyBytes, places, places, (body, sizes, at) => {
        const head =
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" +
          "HTTP/1.1 206 Partial\r\nTransfer-Encoding: chunked\r\n\r\n";
        const wire = Buffer.concat([Buffer.from(head), chunked(body, sizes)]);
        const { reader, body: got } = read("GET", cut(wire, at));
        expect(reader.done).toBe(true);
        expect(reader.status).toBe(206);
        expect(reader.bodyLength).toBe(body.byteLength);
        expect(got.equals(Buffer.from(body))).toBe(true);
      }),
    );
  });

  test("a prefix is never taken for the whole", () => {
    const wire = Buffer.from(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    );
    for (let end = 0; end < wire.byteLength; end += 1) {
      const reader = new ResponseReader("GET", undefined);
      reader.push(wire.subarray(0, end));
      expect(reader.done).toBe(false);
      expect(() => reader.end()).toThrow(WireFault);
    }
  });

  test("whatever comes, it parses or is refused with a WireFault", () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ maxLength: 60 })
        .map((text) => Buffer.from(`HTTP/1.1 200 OK\r\n${text}\r\n\r\n${text}`)),
    );
    fc.assert(
      fc.property(noise, places, (bytes, at) => {
        try {
          read("GET", cut(bytes, at));
        } catch (fault) {
          expect(fault).toBeInstanceOf(WireFault);
        }
      }),
    );
  });
});

describe("where a body ends", () => {
  test.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ])("%s answered with %d has none, whatever the fields say", (method, status) => {
    const wire = Buffer.from(`HTTP/1.1 ${status} X\r\nContent-Length: 10\r\n\r\n`);
    const { reader } = read(method, [wire]);
    expect(reader.done).toBe(true);
    expect(reader.bodyLength).toBe(0);
    expect(reader.header("content-length")).toBe("10");
  });

  test("without a length it ends with the connection", () => {
    const { reader, body } = read("GET", [Buffer.from("HTTP/1.1 200 OK\r\n\r\nabc")]);
    expect(reader.done).toBe(false);
    reader.end();
    expect(reader.done).toBe(true);
    expect(reader.keepAlive).toBe(false);
    expect(body.toString()).toBe("abc");
  });

  test("a connection that closes too early is a fault", () => {
    const { reader } = read("GET", [
      Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
    ]);
    expect(reader.remaining).toBe(6);
    expect(() => reader.end()).toThrow(WireFault);
  });

  test.each([
    ["a body longer than announced", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\n"],
    ["a coding that is not known", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"],
    ["a chunk without size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
    ["a chunk that overruns", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"],
    [
      "a bare line feed between chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nabc",
    ],
    ["something that is not HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
  ])("%s is refused", (_, wire) => {
    expect(() => read("GET", [Buffer.from(wire)])).toThrow(WireFault);
  });

  test("a head without end is refused before it fills the memory", () => {
    const reader = new ResponseReader("GET", undefined);
    const line = Buffer.from(`X: ${"y".repeat(10_000)}\r\n`);
    expect(() => {
      reader.push(Buffer.from("HTTP/1.1 200 OK\r\n"));
      for (let n = 0; n < 10; n += 1) reader.push(line);
    }).toThrow("too large");
  });
});

describe("keep-alive", () => {
  test.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 0", true],
    ["HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0", false],
    ["HTTP/1.0 200 OK\r\nContent-Length: 0", false],
    ["HTTP/1.0 200 OK\r\nConnection: ab:c\r\nContent-Length: 0", false],
    ["HTTP/1.1 200 OK\r\nConnection:   :close\r\nContent-Length: 0", true],
    ["HTTP/1.1 200 OK\r\nConnection:    close\r\nContent-Length: 0", false],
    ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0", true],
  ])("%j → %p", (head, keepAlive) => {
    expect(parseHead(head, "GET").keepAlive).toBe(keepAlive);
  });
});

test("a field is found by its whole name, in any case, and the first one counts", () => {
  const fields = "X-Link: no\r\nLINK:  <a> \r\nlink: <b>";
  expect(fieldValue(fields, "link")).toBe("<a>");
  expect(fieldValue(fields, "lin")).toBeUndefined();
  expect(fieldValue("", "link")).toBeUndefined();
});
