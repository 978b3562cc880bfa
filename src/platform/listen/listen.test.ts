import { expect, test } from "bun:test";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { createServer as createSocketServer } from "node:net";
import { join } from "node:path";
import { failure } from "../../kernel/errors/catalogue.ts";
import { ListenError } from "./listen-error.ts";
import { echo, Harness, urlOf } from "./testing/harness.ts";
import { askOnce, RawClient } from "./testing/raw-client.ts";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ListenError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

test("answers over HTTP/1.1 with path and query as they were sent", async () => {
  await using harness = new Harness();
  const url = urlOf(await harness.start(echo));
  const answer = await askOnce(
    url,
    "GET /v2/a%2Fb//c%00;d?x=%41&y HTTP/1.1\r\nHost: a.test\r\n\r\n",
  );
  expect(answer).toStartWith("HTTP/1.1 200 OK");
  expect(answer.toLowerCase()).toContain("x-content-type-options: nosniff");
  const told = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
  expect(told).toEqual({
    path: "/v2/a%2Fb//c%00;d",
    query: "x=%41&y",
    peer: { address: "127.0.0.1", secure: false, origin: "http://a.test" },
  });
});

test("speaks HTTP/2 without TLS to clients that know it beforehand", async () => {
  await using harness = new Harness();
  const url = urlOf(await harness.start(echo));
  const session = connectHttp2(url);
  const request = session.request({ ":path": "/v2/?n=1" });
  const status = new Promise((resolve) => {
    request.on("response", (headers) =>
      resolve([headers[":status"], headers["x-content-type-options"]]),
    );
  });
  request.setEncoding("utf8");
  let body = "";
  for await (const chunk of request) body += chunk;
  session.close();
  expect(await status).toEqual([200, "nosniff"]);
  expect(JSON.parse(body)).toMatchObject({ path: "/v2/", query: "n=1", peer: { origin: url } });
});

const get = (lines: string): string => `GET / HTTP/1.1\r\n${lines}\r\n`;
test.each([
  ["no Host", "GET / HTTP/1.0\r\n\r\n"],
  ["an empty Host", get("Host: \r\n")],
  ["two equal Hosts", get("Host: a\r\nHost: a\r\n")],
  ["two Hosts", get("Host: a\r\nHost: b\r\n")],
  ["a comma in Host", get("Host: a,b\r\n")],
  ["a space in Host", get("Host: a b\r\n")],
  ["a path in Host", get("Host: a/b\r\n")],
  ["userinfo in Host", get("Host: me@a\r\n")],
  [
    "equal Content-Lengths",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
  ],
  ["a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"],
])("refuses %s with 400 in the shape of the registry API, and closes", async (_name, request) => {
  await using harness = new Harness();
  let called = false;
  const listening = await harness.start(() => {
    called = true;
    return new Response("no");
  });
  const client = await RawClient.open(urlOf(listening));
  const answer = await client.ask(request);
  await client.untilClosed();
  expect(answer).toStartWith("HTTP/1.1 400 Bad Request");
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head.toLowerCase()).toContain("x-content-type-options: nosniff");
  expect(JSON.parse(body)).toMatchObject({ errors: [{ code: "UNSUPPORTED" }] });
  expect(called).toBe(false);
});

test.each([
  [
    "length and chunks",
    "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "0\r\n\r\n",
  ],
  ["two lengths", "Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n", "abcd"],
  ["an unknown coding", "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"],
  ["a folded header", "Host: a\r\nX-A: b\r\n c\r\nContent-Length: 1\r\n", "x"],
  ["a space before the colon", "Host: a\r\nContent-Length : 1\r\n", "x"],
  ["a signed length", "Host: a\r\nContent-Length: +1\r\n", "x"],
  ["a bad chunk", "Host: a\r\nTransfer-Encoding: chunked\r\n", "zz\r\nabc\r\n0\r\n\r\n"],
])("never lets a second request be smuggled behind %s", async (_name, headers, body) => {
  await using harness = new Harness();
  const paths: string[] = [];
  const listening = await harness.start(async (request, { path }) => {
    paths.push(path);
    await request.arrayBuffer();
    return new Response("read");
  });
  const client = await RawClient.open(urlOf(listening));
  client.send(
    `POST /first HTTP/1.1\r\n${headers}\r\n${body}GET /second HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  await client.untilClosed();
  expect(paths).not.toContain("/second");
});

test("takes headers of 60 KiB, as long bearer tokens need", async () => {
  await using harness = new Harness();
  const listening = await harness.start((request) => {
    return new Response(String(request.headers.get("authorization")?.length));
  });
  const token = "x".repeat(60_000);
  const request = get(`Host: a\r\nAuthorization: ${token}\r\n`);
  expect(await askOnce(urlOf(listening), request)).toEndWith("60000");
});

test.each([
  [
    "thrown",
    () => {
      throw new Error("secret path /etc/x");
    },
  ],
  [
    "rejected",
    async () => {
      throw new Error("secret path /etc/x");
    },
  ],
  [
    "thrown as a catalogue failure",
    () => {
      throw failure("request.not_found", {}, "secret path");
    },
  ],
])("a fault that is %s goes to the hook, and only its id to the client", async (_name, handler) => {
  await using harness = new Harness();
  const listening = await harness.start(handler);
  const answer = await askOnce(urlOf(listening), get("Host: a\r\n"));
  expect(answer).toStartWith("HTTP/1.1 500");
  expect(answer).not.toContain("secret");
  expect(harness.faults).toHaveLength(1);
  const id = harness.faults[0]?.requestId ?? "no id";
  const { message } = failure("service.internal", { request: id });
  expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toEqual({
    errors: [{ code: "UNKNOWN", message, detail: { request: id, reason: "service.internal" } }],
  });
  expect(harness.faults[0]?.request?.url).toEndWith("/");
});

test("IPv4 and IPv6 answer, together and each alone", async () => {
  await using harness = new Harness();
  const both = urlOf(await harness.start(echo, { addresses: [":0"] }));
  const { port } = new URL(both);
  for (const host of ["127.0.0.1", "[::1]"]) {
    const answer = await fetch(`http://${host}:${port}/`).then((response) => response.json());
    expect(answer).toMatchObject({ peer: { address: host.replace(/[[\]]/g, "") } });
  }
  const six = await harness.start(echo, { addresses: ["[::1]:0"] });
  expect(await askOnce(urlOf(six), get("Host: [::1]:5000\r\n"))).toContain('"http://[::1]:5000"');
  const split = await harness.start(echo, { addresses: ["127.0.0.1:0", "[::1]:0"] });
  expect(split.urls).toHaveLength(2);
  for (const url of split.urls) expect((await fetch(url)).status).toBe(200);
});

test("0.0.0.0 and :: may share a port", async () => {
  await using harness = new Harness();
  const first = await harness.start(echo, { addresses: ["0.0.0.0:0"] });
  const { port } = new URL(urlOf(first));
  await first.drain(0);
  const all = await harness.start(echo, { addresses: [`0.0.0.0:${port}`, `[::]:${port}`] });
  expect(all.urls).toEqual([`http://0.0.0.0:${port}`, `http://[::]:${port}`]);
  expect((await fetch(`http://[::1]:${port}`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200);
});

test("a unix socket answers, is for owner and group alone, and is gone after the stop", async () => {
  await using harness = new Harness();
  const path = join(harness.folder, "entrepot.sock");
  const listening = await harness.start(echo, { addresses: [`unix:${path}`] });
  expect(listening.urls).toEqual([`unix:${path}`]);
  expect(statSync(path).mode & 0o777).toBe(0o660);
  const answer = await askOnce(`unix:${path}`, get("Host: a\r\n"));
  expect(answer).toContain('"peer":{"address":null,"secure":false,"origin":"http://a"}');
  await listening.drain(0);
  expect(existsSync(path)).toBe(false);
});

test("a unix socket that a dead process left is replaced, a living one and a file are not", async () => {
  await using harness = new Harness();
  const path = join(harness.folder, "entrepot.sock");
  const addresses = [`unix:${path}`];
  const script = `Bun.serve({ unix: ${JSON.stringify(path)}, fetch: () => new Response() }); console.log("up")`;
  await using other = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  await other.stdout.getReader().read();
  expect(await codeOf(harness.start(echo, { addresses }))).toStartWith(
    "address_in_use: another process",
  );
  other.kill("SIGKILL");
  await other.exited;
  expect(existsSync(path)).toBe(true);
  const listening = await harness.start(echo, { addresses });
  expect(await askOnce(`unix:${path}`, get("Host: a\r\n"))).toStartWith("HTTP/1.1 200");
  await listening.drain(0);
  writeFileSync(path, "precious");
  expect(await codeOf(harness.start(echo, { addresses }))).toStartWith("address_in_use");
  expect(existsSync(path)).toBe(true);
});

test("a port in use is an error that says so, shared or not", async () => {
  await using harness = new Harness();
  const tls = harness.certify("one");
  const plain = await harness.start(echo);
  const secure = await harness.start(echo, { tls, http3: true });
  await using foreign = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => foreign.once("listening", resolve));
  const taken = foreign.address();
  const ports = [urlOf(plain), urlOf(secure)].map((url) => new URL(url).port);
  if (taken !== null && typeof taken === "object") ports.push(String(taken.port));
  expect(ports).toHaveLength(3);
  for (const port of ports) {
    const addresses = [`127.0.0.1:${port}`];
    const said = `address_in_use: 127.0.0.1:${port} is in use`;
    expect(await codeOf(harness.start(echo, { addresses }))).toStartWith(said);
    expect(await codeOf(harness.start(echo, { addresses, tls }))).toStartWith(said);
  }
});

test("a second process cannot take the port of the first, certificate or not", async () => {
  await using harness = new Harness();
  const script = [
    "const s = Bun.serve({ hostname: '127.0.0.1', port: 0, reusePort: true, fetch: () => new Response() });",
    "console.log(s.port)",
  ].join("\n");
  await using other = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  const { value } = await other.stdout.getReader().read();
  const addresses = [`127.0.0.1:${new TextDecoder().decode(value).trim()}`];
  const tls = harness.certify("one");
  expect(await codeOf(harness.start(echo, { addresses }))).toStartWith("address_in_use");
  expect(await codeOf(harness.start(echo, { addresses, tls }))).toStartWith("address_in_use");
});

test("when one address fails, those already open are closed again", async () => {
  await using harness = new Harness();
  const path = join(harness.folder, "first.sock");
  const addresses = [`unix:${path}`, "203.0.113.7:5000"];
  expect(await codeOf(harness.start(echo, { addresses }))).toStartWith("address_not_here");
  expect(existsSync(path)).toBe(false);
});

test("the public URL wins over every header, and trusted proxies tell of the client", async () => {
  await using harness = new Harness();
  const forwarded =
    "Host: inner:5000\r\nX-Forwarded-For: 6.6.6.6, 198.51.100.7\r\nX-Forwarded-Proto: https\r\n" +
    "X-Forwarded-Host: reg.example.com\r\nForwarded: for=9.9.9.9;host=evil.test\r\n";
  const peerOf = async (options: Parameters<Harness["start"]>[1]): Promise<unknown> => {
    const answer = await askOnce(urlOf(await harness.start(echo, options)), get(forwarded));
    return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).peer;
  };
  expect(await peerOf({})).toEqual({
    address: "127.0.0.1",
    secure: false,
    origin: "http://inner:5000",
  });
  expect(await peerOf({ trustedProxies: ["127.0.0.0/8"] })).toEqual({
    address: "198.51.100.7",
    secure: true,
    origin: "https://reg.example.com",
  });
  const publicUrl = "https://registry.example.com/";
  expect(await peerOf({ trustedProxies: ["127.0.0.1"], publicUrl })).toMatchObject({
    origin: "https://registry.example.com",
  });
  const path = join(harness.folder, "proxy.sock");
  expect(await peerOf({ addresses: [`unix:${path}`], trustedProxies: ["unix"] })).toMatchObject({
    address: "198.51.100.7",
  });
});

test("a body that claims many gigabytes reaches the handler", async () => {
  await using harness = new Harness();
  const listening = await harness.start((request) => {
    return new Response(request.headers.get("content-length"), { status: 202 });
  });
  const request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000000\r\n\r\n";
  expect(await askOnce(urlOf(listening), request)).toEndWith("900000000000");
});

test("a socket that is bound without answering is not mistaken for a dead one", async () => {
  await using harness = new Harness();
  const path = join(harness.folder, "mute.sock");
  await using mute = createSocketServer(() => {}).listen(path);
  await new Promise((resolve) => mute.once("listening", resolve));
  expect(await codeOf(harness.start(echo, { addresses: [`unix:${path}`] }))).toStartWith(
    "address_in_use",
  );
});
