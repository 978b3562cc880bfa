import { afterEach, expect, test } from "bun:test";
import { DAY } from "../../../kernel/clock.ts";
import { openSyslog } from "../../../platform/syslog/open.ts";
import type { SyslogSender } from "../../../platform/syslog/port.ts";
import { type Collector, collectStream } from "../../../platform/syslog/suite.ts";
import { chainOf } from "../chain.ts";
import { systemDoer } from "../entry.ts";
import { purgeChain } from "../store/purge.ts";
import { afterwards, endWorlds, openWorld, type World } from "../suite.ts";
import { tagMove, user } from "../suite-parts.ts";
import { readAnchors } from "../verify/anchors.ts";
import { Forwarder } from "./forwarder.ts";

afterEach(endWorlds);

const QUICK = { pollMs: 5, retryMs: 1 };

async function collecting(port = 0): Promise<Collector> {
  const collector = await collectStream("tcp", port);
  afterwards(() => collector.close());
  return collector;
}

function forwarderOf({ db, clock, logger }: World, sender: SyslogSender): Forwarder {
  const forwarder = new Forwarder({ db, clock, logger, sender, ...QUICK });
  afterwards(() => forwarder.close());
  return forwarder;
}

async function append({ audit }: World, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) await audit.append(user(`user-${n % 5}`), [tagMove(`v${n}`)]);
}

/** The names of the tags that messages speak of. */
const namesOf = (messages: readonly string[]) =>
  messages.flatMap((message) => /object="(v\d+)"/.exec(message)?.[1] ?? []);

/** Resolves once all from `from` to before `to` came; each may come more than once. */
async function allOf(collector: Collector, from: number, to: number): Promise<void> {
  const wanted = Array.from({ length: to - from }, (_, n) => `v${from + n}`);
  for (let most = wanted.length; ; most++) {
    const names = new Set(namesOf(await collector.received(most)));
    if (wanted.every((name) => names.has(name))) return;
  }
}

test("what is recorded is forwarded, with its severity, as parameters and as JSON", async () => {
  const world = await openWorld();
  const collector = await collecting();
  await append(world, 100, 101);
  await forwarderOf(world, openSyslog(collector.target)).start();
  await world.audit.append(user("a"), [
    tagMove("v0"),
    tagMove('v1"]\r\n<0>1 forged', { result: "denied", reason: "access.denied" }),
  ]);
  const [first = "", second = ""] = await collector.received(2);
  expect(first).toStartWith("<109>1 2026-01-05T12:00:00.000Z ");
  expect(first).toContain(' actor="name of a" ');
  expect(JSON.parse(first.slice(first.indexOf("] {") + 2))).toMatchObject({
    action: "tag.move",
    actor: { id: "a" },
    object: { name: "v0" },
  });
  expect(second).toStartWith("<108>1 ");
  expect(second).not.toMatch(/[\r\n]/);
  expect(collector.messages).toHaveLength(2);
});

test("checkpoints are forwarded, and serve as anchors", async () => {
  const world = await openWorld();
  const collector = await collecting();
  await forwarderOf(world, openSyslog(collector.target)).start();
  await append(world, 0, 1);
  await world.audit.checkpoint();
  const messages = await collector.received(2);
  const anchors = await readAnchors(messages, world.keys.publicKey);
  expect(anchors).toMatchObject({ count: 1, forged: 0 });
});

test("nothing is lost over cuts, an outage and a stop", async () => {
  const world = await openWorld();
  const collector = await collecting();
  const first = forwarderOf(world, openSyslog(collector.target));
  await first.start();
  await append(world, 0, 40);
  collector.cut();
  await append(world, 40, 80);
  await allOf(collector, 0, 80);
  await collector.close();
  await append(world, 80, 120);
  await first.close(100);
  await append(world, 120, 130);
  const back = await collecting(collector.target.port);
  await forwarderOf(world, openSyslog(collector.target)).start();
  await allOf(back, 80, 130);
}, 20_000);

test("of two nodes one forwards; when it goes, the other does", async () => {
  const world = await openWorld();
  const collector = await collecting();
  const sent: string[] = [];
  const through = (name: string): SyslogSender => {
    const sender = openSyslog(collector.target);
    return {
      send: async (messages) => {
        await sender.send(messages);
        sent.push(name);
      },
      close: () => sender.close(),
    };
  };
  const one = forwarderOf(world, through("one"));
  const two = forwarderOf(world, through("two"));
  await one.start();
  await two.start();
  await append(world, 0, 20);
  await allOf(collector, 0, 20);
  await one.close();
  expect(new Set(sent)).toEqual(new Set(["one"]));
  await append(world, 20, 40);
  await allOf(collector, 20, 40);
  expect(sent.at(-1)).toBe("two");
});

test("what was purged before it could be forwarded is told, and passed over", async () => {
  const world = await openWorld();
  const collector = await collecting();
  const first = forwarderOf(world, openSyslog(collector.target));
  await first.start();
  await first.close();
  await world.audit.append(user("a"), [tagMove("v0")]);
  world.clock.advance(9 * DAY);
  await world.db.write(purgeChain, {
    witness: { doer: systemDoer, at: world.clock.now(), headKey: world.keys.headKey },
    chain: chainOf("a"),
    before: world.clock.now() - DAY,
    limit: 10,
  });
  await forwarderOf(world, openSyslog(collector.target)).start();
  const [message = ""] = await collector.received(1);
  expect(message).toContain('action="audit.purge"');
  expect(world.logger.lines.map((line) => line.message)).toContain(
    "audit entries were not forwarded",
  );
});
