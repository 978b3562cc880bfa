import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../kernel/secret.ts";
import { path, RestClient, type RestCredential } from "./rest.ts";
import { RestFault, RestProblem } from "./rest-fault.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(answer: Answer): Promise<URL> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function client(url: URL, credential?: RestCredential): RestClient {
  return new RestClient({ url, credential, ca: undefined, language: "zh" });
}

function json(response: ServerResponse, status: number, body: unknown, type = "application/json") {
  response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error("it went well"),
    (error: unknown) => error,
  );
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a call", () => {
  test("goes below /api/v1 with its credential, language and body", async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url: target, headers } = request;
      seen.push([
        method,
        target,
        headers.authorization,
        headers["accept-language"],
        headers["content-type"],
        Buffer.concat(chunks).toString(),
      ]);
      json(response, 200, { ok: true });
    });
    const token = { kind: "token", secret: new Secret("ent_pat_x") } as const;
    const basic = { kind: "basic", name: "ada", password: new Secret("pä:ss") } as const;
    const call = client(url, token).call("POST", "/users", { body: { name: "艾" } });
    expect(await call).toEqual({ ok: true });
    await client(new URL("/base/", url), basic).call("GET", "/me", {
      query: { a: "&", b: undefined },
    });
    const pair = Buffer.from("ada:pä:ss").toString("base64");
    expect(seen).toEqual([
      ["POST", "/api/v1/users", "Bearer ent_pat_x", "zh-CN", "application/json", '{"name":"艾"}'],
      ["GET", "/base/api/v1/me?a=%26", `Basic ${pair}`, "zh-CN", undefined, ""],
    ]);
  });

  test("without an answer to read gives none", async () => {
    const url = await serve((_, response) => void response.writeHead(204).end());
    expect(await client(url).call("DELETE", "/x")).toBeUndefined();
  });

  test("tells a refusal in the registry's words", async () => {
    const body = { title: "t", detail: "没有权限", code: "access.denied", help: "h", request: "r" };
    const url = await serve((_, response) => json(response, 403, body, "application/problem+json"));
    const error = await errorOf(client(url).call("GET", "/x"));
    expect(error).toBeInstanceOf(RestProblem);
    expect(error).toMatchObject({
      message: "没有权限",
      status: 403,
      code: "access.denied",
      help: "h",
    });
  });

  const strange: readonly [string, Answer][] = [
    ["a page of a proxy", (_, response) => void response.writeHead(502).end("<html>")],
    ["a refusal of something else", (_, response) => json(response, 404, { errors: [] })],
    ["a page in place of JSON", (_, response) => void response.writeHead(200).end("<html>")],
    [
      "another address",
      (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    ],
  ];
  test.each(strange)("takes %s for what it is", async (_, answer) => {
    const url = await serve(answer);
    const secret = { kind: "token", secret: new Secret("s") } as const;
    expect(await errorOf(client(url, secret).call("GET", "/x"))).toMatchObject({
      name: "RestFault",
      kind: "unreadable",
    });
  });

  test("says that nobody listens", async () => {
    const url = await serve(() => {});
    servers.splice(0).map((server) => server.close());
    const error = await errorOf(client(url).call("GET", "/x"));
    expect(error).toMatchObject({ name: "RestFault", kind: "unreachable" });
    expect(String(error)).toContain(url.origin);
  });

  test("does not take a cut answer for a whole one", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"a":', () => response.destroy());
    });
    expect(await errorOf(client(url).call("GET", "/x"))).toMatchObject({ kind: "unreachable" });
  });
});

describe("a list", () => {
  test("is read page after page", async () => {
    const url = await serve((request, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://x");
      const cursor = searchParams.get("cursor");
      expect(searchParams.get("name")).toBe("a");
      json(response, 200, { items: [cursor ?? "first"], next: cursor === "b" ? null : "b" });
    });
    expect(await collect(client(url).list("/x", { name: "a" }))).toEqual(["first", "b"]);
  });

  test("that names itself ends", async () => {
    const url = await serve((_, response) => json(response, 200, { items: [1], next: "same" }));
    expect(await collect(client(url).list("/x"))).toEqual([1, 1]);
  });

  test("has items", async () => {
    const url = await serve((_, response) => json(response, 200, []));
    expect(await errorOf(collect(client(url).list("/x")))).toMatchObject({ kind: "unreadable" });
  });
});

describe("a stream", () => {
  test("comes whole, or fails", async () => {
    let isCut = false;
    const piece = Buffer.alloc(100_000, "x");
    const url = await serve((_, response) => {
      response.writeHead(200);
      response.write(piece, () => (isCut ? response.destroy() : response.end()));
    });
    const read = async () => Buffer.concat(await collect(client(url).stream("/x"))).byteLength;
    expect(await read()).toBe(piece.byteLength);
    isCut = true;
    expect(await errorOf(read())).toBeInstanceOf(RestFault);
  });
});

describe("a path", () => {
  test("keeps each value in its segment", () => {
    expect(path`/users/${"a/b?c#d e"}/x`).toBe("/users/a%2Fb%3Fc%23d%20e/x");
    expect(path`/robots/${"robot+a+b"}`).toBe("/robots/robot%2Ba%2Bb");
  });

  test.each(["", ".", ".."])("does not hold %j", (value) => {
    expect(() => path`/users/${value}/x`).toThrow(RestFault);
  });
});
