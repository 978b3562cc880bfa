import { expect, test } from "bun:test";
import { join } from "node:path";
import { echo, Harness, urlOf } from "./testing/harness.ts";
import { askOnce, RawClient } from "./testing/raw-client.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function crowd(url: string, size: number): Promise<RawClient[]> {
  return await Promise.all(Array.from({ length: size }, () => RawClient.open(url)));
}

test("connections are counted, over IPv4 and IPv6", async () => {
  await using harness = new Harness();
  const listening = await harness.start(echo, { addresses: ["127.0.0.1:0", "[::1]:0"] });
  expect(listening.countConnections()).toBe(0);
  const clients: RawClient[] = [];
  for (const url of listening.urls) clients.push(...(await crowd(url, 5)));
  for (const client of clients) await client.ask(GET);
  expect(listening.countConnections()).toBe(10);
  for (const client of clients) client.end();
});

test("above the cap idle connections are closed and no new one is kept", async () => {
  await using harness = new Harness();
  const listening = await harness.start(echo, {
    maxConnections: 40,
    limits: { connectionSweep: 10 },
  });
  expect(listening.connectionCap).toBe(40);
  const idle = await crowd(urlOf(listening), 80);
  // What the sweep closes in between is the point: only those that are left can be asked.
  await Promise.all(idle.map((client) => client.ask(GET).catch(() => "")));
  await Promise.all(idle.map((client) => client.untilClosed()));
  const served = await fetch(urlOf(listening));
  expect(served.status).toBe(200);
});

test("requests beyond the cap are refused with 503, and those within go on", async () => {
  await using harness = new Harness();
  const release = Promise.withResolvers<void>();
  const listening = await harness.start(
    async () => {
      await release.promise;
      return new Response("served");
    },
    { maxConnections: 3 },
  );
  const clients = await crowd(urlOf(listening), 4);
  const answers = clients.map((client) => client.ask(GET));
  const first = await Promise.race(answers);
  expect(first).toStartWith("HTTP/1.1 503");
  expect(first.toLowerCase()).toContain("retry-after: 2");
  expect(first).toContain("TOOMANYREQUESTS");
  release.resolve();
  const statuses = (await Promise.all(answers)).map((answer) => answer.slice(9, 12));
  expect(statuses.sort()).toEqual(["200", "200", "200", "503"]);
  for (const client of clients) client.end();
});

test("500 idle connections and a slowloris leave other clients alone", async () => {
  await using harness = new Harness();
  const listening = await harness.start(echo);
  const url = urlOf(listening);
  const idle = await crowd(url, 500);
  await Promise.all(idle.slice(0, 250).map((client) => client.ask(GET)));
  const loris = await crowd(url, 100);
  for (const client of loris) client.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: ");
  const drip = setInterval(() => {
    for (const client of loris) client.send("b");
  }, 10);
  const answers = await Promise.all(Array.from({ length: 200 }, () => fetch(url)));
  clearInterval(drip);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  for (const client of [...idle, ...loris]) client.end();
});

test("when files run out, idle connections make room again", async () => {
  const script = `
    const { Harness, urlOf, echo } = await import(${JSON.stringify(join(import.meta.dir, "testing/harness.ts"))});
    const harness = new Harness();
    const listening = await harness.start(echo, { limits: { connectionSweep: 10 } });
    console.log(urlOf(listening));
    console.log(listening.connectionCap);`;
  const limited = ["sh", "-c", 'ulimit -n 128 && exec "$0" -e "$1"', process.execPath, script];
  await using server = Bun.spawn(limited, { stdout: "pipe" });
  let said = "";
  for await (const chunk of server.stdout) {
    said += new TextDecoder().decode(chunk);
    if (said.split("\n").length > 2) break;
  }
  const [url = "", cap] = said.split("\n");
  expect(cap).toBe("102");
  const idle = await crowd(url, 300);
  await Promise.all(idle.map((client) => client.ask(GET).catch(() => "")));
  expect(await askOnce(url, GET)).toStartWith("HTTP/1.1 200");
  for (const client of idle) client.end();
});
