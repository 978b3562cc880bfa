import { expect, test } from "bun:test";
import { connect as connectHttp2 } from "node:http2";
import { echo, Harness, urlOf } from "./testing/harness.ts";
import { RawClient } from "./testing/raw-client.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A promise and what settles it. */
function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

test("a request in flight ends before the listener stops, and its connection with it", async () => {
  await using harness = new Harness();
  const [started, release] = [gate(), gate()];
  const listening = await harness.start(async () => {
    started.open();
    await release.opened;
    return new Response("whole");
  });
  const busy = await RawClient.open(urlOf(listening));
  busy.send(GET);
  await started.opened;
  expect(listening.openRequests).toBe(1);
  const drained = listening.drain(60_000);
  expect(listening.stopping).toBe(true);
  const refused = async (): Promise<boolean> => {
    const probe = await RawClient.open(urlOf(listening)).catch(() => undefined);
    probe?.end();
    return probe === undefined;
  };
  while (!(await refused())) expect(busy.closed).toBe(false);
  release.open();
  await drained;
  await busy.untilClosed();
  expect(busy.received.toLowerCase()).toContain("connection: close");
  expect(busy.received).toEndWith("whole");
  expect(listening.openRequests).toBe(0);
});

test("a running upload ends before the listener stops", async () => {
  await using harness = new Harness();
  const started = gate();
  const listening = await harness.start(async (request, connection) => {
    const watch = connection.watchUpload();
    started.open();
    let bytes = 0;
    for await (const chunk of request.body ?? []) {
      bytes += chunk.length;
      watch.progress(chunk.length);
    }
    return new Response(String(bytes));
  });
  const client = await RawClient.open(urlOf(listening));
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
  await started.opened;
  const drained = listening.drain(60_000);
  client.send("56789");
  await drained;
  await client.untilClosed();
  expect(client.received).toEndWith("10");
  expect(listening.runningUploads).toBe(0);
});

test("what has not ended by the deadline is cut", async () => {
  await using harness = new Harness();
  const started = gate();
  let aborted = false;
  const listening = await harness.start(async (request) => {
    request.signal.addEventListener("abort", () => {
      aborted = true;
    });
    started.open();
    await request.arrayBuffer();
    return new Response("never");
  });
  const client = await RawClient.open(urlOf(listening));
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
  await started.opened;
  await listening.drain(100);
  await client.untilClosed();
  expect(client.received).toBe("");
  expect(aborted).toBe(true);
});

test("a second call brings the deadline nearer", async () => {
  await using harness = new Harness();
  const started = gate();
  const listening = await harness.start(() => {
    started.open();
    return new Promise<Response>(() => {});
  });
  const client = await RawClient.open(urlOf(listening));
  client.send(GET);
  await started.opened;
  const patient = listening.drain(3_600_000);
  await listening.drain(0);
  await patient;
  await client.untilClosed();
});

test("connections that sent nothing or half a head do not hold up the stop", async () => {
  await using harness = new Harness();
  const listening = await harness.start(echo);
  const silent = await RawClient.open(urlOf(listening));
  const half = await RawClient.open(urlOf(listening));
  half.send("GET / HTTP/1.1\r\nHo");
  await listening.drain(60_000);
  await half.untilClosed();
  // The kernel keeps a connection that has sent nothing to itself: it is refused with its first byte.
  silent.send("G");
  await silent.untilClosed();
  expect(silent.received).toBe("");
});

test("once the stop is announced, new requests are served and end their connections", async () => {
  await using harness = new Harness();
  const listening = await harness.start(echo);
  const client = await RawClient.open(urlOf(listening));
  expect((await client.ask(GET)).toLowerCase()).not.toContain("connection: close");
  listening.announceStop();
  expect(listening.stopping).toBe(true);
  expect((await client.ask(GET)).toLowerCase()).toContain("connection: close");
  await client.untilClosed();
  expect((await fetch(urlOf(listening))).status).toBe(200);
});

test("HTTP/2 streams that are open end, and the session is told to go away", async () => {
  await using harness = new Harness();
  const [started, release] = [gate(), gate()];
  const listening = await harness.start(async () => {
    started.open();
    await release.opened;
    return new Response("whole");
  });
  const session = connectHttp2(urlOf(listening));
  const goneAway = new Promise((resolve) => session.once("goaway", resolve));
  const request = session.request({ ":path": "/" });
  request.setEncoding("utf8");
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  const ended = new Promise((resolve) => request.once("end", resolve));
  await started.opened;
  const drained = listening.drain(60_000);
  expect(await goneAway).toBe(0);
  release.open();
  await ended;
  await drained;
  expect(body).toBe("whole");
});
