import { afterEach, beforeEach, expect, test } from "bun:test";
import type { JobHandler } from "../port.ts";
import { Gate, until } from "../suite.ts";
import { Nodes } from "./suite-nodes.ts";

let nodes: Nodes;

beforeEach(async () => {
  nodes = await Nodes.open();
});

afterEach(() => nodes.close());

test("a node runs as many jobs at a time as it may, whatever their kinds have room for", async () => {
  const begun: string[] = [];
  const gates = new Map(["a", "b", "c", "d", "e"].map((name) => [name, new Gate()]));
  let [running, most] = [0, 0];
  const run: JobHandler["run"] = async (payload) => {
    begun.push(String(payload));
    most = Math.max(most, ++running);
    await gates.get(String(payload))?.passed;
    running--;
  };
  const worker = await nodes.start({
    concurrency: 2,
    handlers: [
      { kind: "first", concurrency: 4, run },
      { kind: "second", concurrency: 4, run },
    ],
  });
  // One moment for all of them: on a slow machine the ages would change their order otherwise.
  const now = Date.now();
  const add = async (kind: string, payload: string, age: number, more = {}) =>
    (await worker.enqueue({ kind, payload, runAt: now - age, ...more })).id;
  const ids = [await add("first", "a", 50), await add("first", "b", 40)];
  await until(async () => begun.length === 2);
  // No room is left: what comes now waits, and the oldest goes first, but for what is urgent.
  ids.push(await add("first", "d", 20), await add("second", "c", 30));
  ids.push(await add("second", "e", 10, { priority: "high" }));
  expect(await nodes.state(ids[2] ?? "")).toBe("waiting");
  for (const [ended, next] of [
    ["a", "e"],
    ["b", "c"],
    ["e", "d"],
  ]) {
    gates.get(ended ?? "")?.open();
    await until(async () => begun.at(-1) === next);
  }
  for (const gate of gates.values()) gate.open();
  for (const id of ids) await until(async () => (await nodes.state(id)) === "done");
  expect(begun.slice(2)).toEqual(["e", "c", "d"]);
  expect(most).toBe(2);
  expect(nodes.faults).toEqual([]);
});
