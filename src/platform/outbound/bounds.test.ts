import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { Failure } from "../../kernel/errors/catalogue.ts";
import { openOutbound } from "./outbound.ts";
import { closedPort, Origins, reasonOf } from "./testing/origin.ts";

const ask = { purpose: "workload" } as const;
let origins: Origins;

beforeEach(() => {
  origins = new Origins();
});

afterEach(async () => {
  await origins[Symbol.asyncDispose]();
});

describe("bounds", () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const open = () => openOutbound({ allow: ["127.0.0.1"], timeout: 200, maxBytes: 100_000 });

  test("gzip is unpacked", async () => {
    const { port } = await origins.plain((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("packed"));
    });
    const { body, headers } = await open().request(`http://127.0.0.1:${port}/`, ask);
    expect(new TextDecoder().decode(body)).toBe("packed");
    expect(headers.has("content-encoding")).toBe(false);
  });

  test.each([
    ["a body that says it is too long", "size", (r: Bad) => r.length("200000").end()],
    ["a body that is too long", "size", (r: Bad) => r.pour()],
    ["a gzip bomb", "size", (r: Bad) => r.packed("gzip", bomb)],
    ["a packing nobody asked for", "encoding", (r: Bad) => r.packed("br", Buffer.from("x"))],
    ["gzip twice over", "encoding", (r: Bad) => r.packed("gzip, gzip", bomb)],
    ["gzip that is none", "encoding", (r: Bad) => r.packed("gzip", Buffer.from("plain"))],
    ["gzip that is cut", "encoding", (r: Bad) => r.packed("gzip", gzipSync("x").subarray(0, 8))],
  ] as const)("%s", async (_, reason, answer) => {
    const { port } = await origins.plain((_, response) => answer(new Bad(response)));
    expect(await reasonOf(open().request(`http://127.0.0.1:${port}/`, ask))).toBe(reason);
  });

  test.each([
    ["no HTTP at all", "protocol", "SSH-2.0-OpenSSH\r\n", true],
    ["nothing", "protocol", "", true],
    [
      "a head that is too long",
      "protocol",
      `HTTP/1.1 200 OK\r\nx: ${"a".repeat(99_999)}\r\n\r\n`,
      true,
    ],
    [
      "another protocol",
      "protocol",
      "HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
      false,
    ],
    ["half a body", "protocol", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", true],
    [
      "half a chunk",
      "protocol",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf",
      true,
    ],
    ["no answer", "timeout", "", false],
    ["a body without end", "timeout", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", false],
  ] as const)("%s", async (_, reason, bytes, ends) => {
    const { port } = await origins.raw((socket) => {
      if (ends) socket.end(bytes);
      else socket.write(bytes);
    });
    expect(await reasonOf(open().request(`http://127.0.0.1:${port}/`, ask))).toBe(reason);
  });

  test("a resolver that never answers is left", async () => {
    const resolve = () => new Promise<string[]>(() => {});
    const outbound = openOutbound({ allow: [], resolve, timeout: 50 });
    expect(await reasonOf(outbound.request("https://a.test/", ask))).toBe("timeout");
  });

  test("a caller who gives up is heard at once", async () => {
    const leaving = new AbortController();
    const { port } = await origins.raw(() => leaving.abort());
    const call = openOutbound({ allow: ["127.0.0.1"], timeout: 60_000 }).request(
      `http://127.0.0.1:${port}/`,
      { ...ask, signal: leaving.signal },
    );
    expect(await reasonOf(call)).toBe("cancelled");
  });
});

describe("how it failed is not told", () => {
  test("open, closed, silent and useless give the same words, and none of them sooner", async () => {
    const open = await origins.raw((socket) => socket.end("220 mail\r\n"));
    const silent = await origins.raw(() => {});
    const useless = await origins.plain((_, response) => response.writeHead(404).end("no"));
    const outbound = openOutbound({ allow: ["127.0.0.1"], timeout: 200 });
    const told = new Set<string>();
    const ended: string[] = [];
    const call = async (name: string, port: number) => {
      const failed = await outbound
        .read(`http://127.0.0.1:${port}/`, ask, ({ status }) => {
          if (status !== 200) throw new Error("of no use");
        })
        .catch((error) => error);
      ended.push(name);
      expect(failed).toBeInstanceOf(Failure);
      const { code, status, details } = failed as Failure;
      told.add(JSON.stringify([code, status, { ...details, host: "x" }]));
    };
    const closed = await closedPort();
    // The first one cannot end before its time is over; the others began after it.
    const ports = { silent: silent.port, open: open.port, useless: useless.port, closed };
    await Promise.all(Object.entries(ports).map(([name, port]) => call(name, port)));
    expect(told.size).toBe(1);
    expect(ended[0]).toBe("silent");
  });
});

describe("streams", () => {
  test("come in pieces, and are bounded like the rest", async () => {
    const { port } = await origins.plain((_, response) => new Bad(response).pour());
    const outbound = openOutbound({ allow: ["127.0.0.1"], maxBytes: 300_000, timeout: 2_000 });
    const { body } = await outbound.stream(`http://127.0.0.1:${port}/`, ask);
    let count = 0;
    const reading = (async () => {
      for await (const chunk of body) count += chunk.byteLength;
    })();
    expect(await reasonOf(reading)).toBe("size");
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(300_000);
  });
});

/** Answers that no careful server gives. */
class Bad {
  readonly #to: ServerResponse;

  constructor(to: ServerResponse) {
    this.#to = to;
  }

  length(bytes: string) {
    return this.#to.writeHead(200, { "content-length": bytes });
  }

  packed(encoding: string, bytes: Uint8Array) {
    this.#to.writeHead(200, { "content-encoding": encoding }).end(bytes);
  }

  /** Writes for as long as somebody reads. */
  pour() {
    const chunk = Buffer.alloc(65_536);
    const more = () => {
      while (!this.#to.destroyed && this.#to.write(chunk));
    };
    this.#to.on("drain", more).on("error", () => {});
    more();
  }
}
