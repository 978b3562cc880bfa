import { expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ListenError } from "./listen-error.ts";
import { echo, Harness, urlOf } from "./testing/harness.ts";
import { selfSigned } from "./testing/self-signed.ts";

const QUICK = { certificateSettle: 20, certificatePoll: 50, farewell: 50 };

/** The common name of the certificate that a new connection gets. */
function servedName(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket: TLSSocket = connectTls(
      { host: hostname, port: Number(port), rejectUnauthorized: false },
      () => {
        const { CN } = socket.getPeerCertificate().subject;
        socket.destroy();
        resolve(String(CN));
      },
    );
    socket.once("error", reject);
  });
}

/**
 * During a farewell the old server of a port still takes connections, and the kernel resets those that wait for it
 * at the moment when it stops: so this asks until only the new one has answered for a while.
 */
async function untilServed(url: string, name: string): Promise<void> {
  for (let inRow = 0; inRow < 10; ) {
    const served = await servedName(url).catch(() => "nobody");
    inRow = served === name ? inRow + 1 : 0;
  }
}

test.each(["http1.1", "http2", "http3"] as const)("answers over TLS with %s", async (protocol) => {
  await using harness = new Harness();
  const tls = harness.certify("registry");
  const url = urlOf(await harness.start(echo, { tls, http3: true }));
  const init = { protocol, tls: { rejectUnauthorized: false } };
  const answer = await fetch(`${url}/v2/a%2Fb?n=1`, init);
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await answer.json()).toEqual({
    path: "/v2/a%2Fb",
    query: "n=1",
    peer: { address: "127.0.0.1", secure: true, origin: url },
  });
});

test("HTTP/3 is off unless asked for, and needs a certificate", async () => {
  await using harness = new Harness();
  const tls = harness.certify("registry");
  const url = urlOf(await harness.start(echo, { tls }));
  const answer = await fetch(url, { tls: { rejectUnauthorized: false } });
  expect(answer.headers.get("alt-svc")).toBeNull();
  await expect(harness.start(echo, { http3: true })).rejects.toThrow("HTTP/3 needs a certificate");
});

test("an HTTP/2 request with an odd authority is refused", async () => {
  await using harness = new Harness();
  const tls = harness.certify("registry");
  const url = urlOf(await harness.start(echo, { tls }));
  const session = connectHttp2(url, { rejectUnauthorized: false });
  const request = session.request({ ":path": "/", ":authority": "a b" });
  const status = await new Promise((resolve) => {
    request.on("response", (headers) => resolve(headers[":status"]));
  });
  session.destroy();
  expect(status).toBe(400);
});

test("a start with files that do not fit together fails and says why", async () => {
  await using harness = new Harness();
  const tls = harness.certify("one");
  writeFileSync(tls.keyFile, selfSigned("two").key);
  await expect(harness.start(echo, { tls })).rejects.toThrow("is not that of the certificate");
  writeFileSync(tls.certFile, "not a certificate");
  await expect(harness.start(echo, { tls })).rejects.toBeInstanceOf(ListenError);
  rmSync(tls.certFile);
  await expect(harness.start(echo, { tls })).rejects.toThrow("cannot read");
});

test("a changed certificate is served without a restart; a broken one keeps the old", async () => {
  await using harness = new Harness();
  const tls = harness.certify("one");
  const listening = await harness.start(echo, { tls, limits: QUICK });
  const url = urlOf(listening);
  expect(await servedName(url)).toBe("one");
  harness.certify("two");
  await harness.untilNews(1);
  expect(harness.news[0]).toMatchObject({ kind: "replaced", subject: "CN=two" });
  expect(listening.certificate?.subject).toBe("CN=two");
  expect(urlOf(listening)).toBe(url);
  writeFileSync(tls.keyFile, selfSigned("three").key);
  await harness.untilNews(2);
  expect(harness.news[1]?.kind).toBe("kept");
  harness.certify("four");
  await harness.untilNews(3);
  expect(harness.news[2]).toMatchObject({ kind: "replaced", subject: "CN=four" });
  await untilServed(url, "four");
});

test("a certificate that is swapped by a symbolic link to its folder is taken", async () => {
  await using harness = new Harness();
  const mount = join(harness.folder, "mount");
  const lay = (version: string): void => {
    const folder = join(mount, version);
    mkdirSync(folder, { recursive: true });
    const { cert, key } = selfSigned(version);
    writeFileSync(join(folder, "tls.crt"), cert);
    writeFileSync(join(folder, "tls.key"), key);
    symlinkSync(version, join(mount, "next"));
    renameSync(join(mount, "next"), join(mount, "data"));
  };
  lay("one");
  symlinkSync("data/tls.crt", join(mount, "tls.crt"));
  symlinkSync("data/tls.key", join(mount, "tls.key"));
  const tls = { certFile: join(mount, "tls.crt"), keyFile: join(mount, "tls.key") };
  const listening = await harness.start(echo, { tls, limits: QUICK });
  lay("two");
  await harness.untilNews(1);
  expect(listening.certificate?.subject).toBe("CN=two");
});

test("no request fails while certificates change under load, and a running upload ends on the old one", async () => {
  await using harness = new Harness();
  const tls = harness.certify("zero");
  const listening = await harness.start(
    async (request, { path }) => {
      if (path !== "/upload") return new Response("fine");
      let bytes = 0;
      for await (const chunk of request.body ?? []) bytes += chunk.length;
      return new Response(String(bytes));
    },
    { tls, limits: QUICK },
  );
  const url = urlOf(listening);

  const upload = httpsRequest(`${url}/upload`, { method: "PUT", rejectUnauthorized: false });
  const uploaded = new Promise<string>((resolve, reject) => {
    upload.once("error", reject);
    upload.once("response", (answer) => {
      answer.setEncoding("utf8");
      answer.once("data", resolve);
    });
  });
  upload.write(Buffer.alloc(100_000));

  let running = true;
  const outcomes = new Map<string, number>();
  const count = (outcome: string): void =>
    void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const clients = (["http1.1", "http2"] as const).flatMap((protocol) =>
    Array.from({ length: 4 }, async () => {
      while (running) {
        const init = { protocol, tls: { rejectUnauthorized: false } };
        await fetch(url, init).then(
          async (answer) => count(`${answer.status} ${await answer.text()}`),
          (error) => count(`${protocol} ${error.code} ${error.message}`),
        );
      }
    }),
  );
  for (let round = 1; round <= 5; round++) {
    harness.certify(`round-${round}`);
    await harness.untilNews(round);
  }
  upload.end(Buffer.alloc(23_456));
  expect(await uploaded).toBe("123456");
  running = false;
  await Promise.all(clients);
  expect([...outcomes.keys()]).toEqual(["200 fine"]);
  expect(harness.news.map(({ kind }) => kind)).toEqual(Array(5).fill("replaced"));
  await untilServed(url, "round-5");
});

test("a client of the old certificate that pauses is told to leave, and new ones get the new one at once", async () => {
  await using harness = new Harness();
  const tls = harness.certify("one");
  const limits = { ...QUICK, farewell: 3_000 };
  const listening = await harness.start(echo, { tls, limits });
  const url = urlOf(listening);
  const { hostname, port } = new URL(url);
  const target = { host: hostname, port: Number(port), rejectUnauthorized: false };
  const client = connectTls(target);
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      client.once("data", (chunk) => resolve(chunk.toString().toLowerCase()));
      client.once("close", () => reject(new Error("closed without an answer")));
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    });
  expect(await ask()).not.toContain("connection: close");
  harness.certify("two");
  while (listening.certificate?.subject !== "CN=two") await new Promise(setImmediate);
  // Although the old server still listens, the kernel gives it no new connection.
  const served = await Promise.all(Array.from({ length: 20 }, () => servedName(url)));
  expect(new Set(served)).toEqual(new Set(["two"]));
  expect(await ask()).toContain("connection: close");
  expect(harness.news).toEqual([]);
});

test("a stop waits for the requests of the old certificate as well", async () => {
  await using harness = new Harness();
  const tls = harness.certify("one");
  const release = Promise.withResolvers<void>();
  const listening = await harness.start(
    async () => {
      await release.promise;
      return new Response("whole");
    },
    { tls, limits: QUICK },
  );
  const answer = fetch(urlOf(listening), { tls: { rejectUnauthorized: false } });
  while (listening.openRequests === 0) await new Promise(setImmediate);
  harness.certify("two");
  await harness.untilNews(1);
  expect(listening.openRequests).toBe(1);
  const drained = listening.drain(60_000);
  release.resolve();
  expect(await (await answer).text()).toBe("whole");
  await drained;
});
