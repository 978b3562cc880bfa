import { afterEach, describe, expect, test } from "bun:test";
import { selfSigned } from "../listen/testing/self-signed.ts";
import { openSyslog } from "./open.ts";
import { type SyslogSender, syslogTarget } from "./port.ts";
import { streamSender } from "./stream.ts";
import { type Collector, collectStream, collectUdp } from "./suite.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function until(collector: Collector): Collector {
  ends.push(() => collector.close());
  return collector;
}

function sending(sender: SyslogSender): SyslogSender {
  ends.push(() => sender.close());
  return sender;
}

const messages = (...texts: string[]) => texts.map((text) => Buffer.from(text));

async function faultOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("messages arrive whole and in order", () => {
  test("over UDP", async () => {
    const collector = until(await collectUdp());
    const sender = sending(openSyslog(collector.target));
    await sender.send(messages("one", "zwei\u00df", "三"));
    await sender.send(messages("four"));
    const got = await collector.received(4);
    expect([...got].sort()).toEqual(["four", "one", "zwei\u00df", "三"].sort());
  });

  test.each(["tcp", "tls"] as const)("over %s", async (protocol) => {
    const collector = until(await collectStream(protocol));
    const sender = sending(openSyslog(collector.target));
    const many = Array.from({ length: 500 }, (_, n) => `${n} ${"三".repeat(n)}`);
    await sender.send(messages(...many.slice(0, 300)));
    await sender.send(messages(...many.slice(300)));
    expect(await collector.received(500)).toEqual(many);
  });
});

describe("a fault is told, and the next call connects anew", () => {
  test("when the server cuts the connection", async () => {
    const collector = until(await collectStream("tcp"));
    const sender = sending(openSyslog(collector.target));
    await sender.send(messages("one"));
    await collector.received(1);
    collector.cut();
    // Whether the cut is seen before or while sending, nothing that was confirmed is missing.
    while ((await faultOf(sender.send(messages("two")))) !== undefined);
    expect(await collector.received(2)).toContain("two");
  });

  test("when nobody listens", async () => {
    const collector = await collectStream("tcp");
    await collector.close();
    const sender = sending(openSyslog(collector.target));
    expect(await faultOf(sender.send(messages("one")))).toBeInstanceOf(Error);
    const back = until(await collectStream("tcp", collector.target.port));
    await sender.send(messages("two"));
    expect(await back.received(1)).toEqual(["two"]);
  });

  test("when the server's certificate is somebody else's", async () => {
    const collector = until(await collectStream("tls"));
    const ca = selfSigned("localhost").cert;
    const sender = sending(openSyslog({ ...collector.target, ca }));
    expect(await faultOf(sender.send(messages("one")))).toBeInstanceOf(Error);
    const trusting = sending(openSyslog({ ...collector.target, ca: undefined }));
    expect(await faultOf(trusting.send(messages("one")))).toBeInstanceOf(Error);
    expect(collector.messages).toEqual([]);
  });

  test("when the server does not speak TLS", async () => {
    const collector = until(await collectStream("tcp"));
    const timing = { connectMs: 300 };
    const sender = sending(streamSender({ ...collector.target, protocol: "tls" }, timing));
    expect(await faultOf(sender.send(messages("one")))).toBeInstanceOf(Error);
  });
});

test("an address is read, or refused", () => {
  expect(syslogTarget("tls://log.example:6514", "PEM")).toEqual({
    protocol: "tls",
    host: "log.example",
    port: 6514,
    ca: "PEM",
  });
  expect(syslogTarget("udp://[::1]:514").host).toBe("::1");
  for (const bad of ["http://x:1", "udp://x", "nonsense"]) {
    expect(() => syslogTarget(bad)).toThrow(TypeError);
  }
});
