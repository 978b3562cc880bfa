import { expect, test } from "bun:test";
import { Closing } from "./closing.ts";

test("what was opened last ends first, once, within what is left of the deadline", async () => {
  const closing = new Closing(1_000);
  const seen: [string, number][] = [];
  closing.add(async (left) => void seen.push(["database", left]));
  closing.add(async (left) => {
    await new Promise((resolve) => setTimeout(resolve, left / 100));
    seen.push(["listener", left]);
  });
  await closing.close();
  await closing.close();
  expect(seen.map(([name]) => name)).toEqual(["listener", "database"]);
  const [listener = ["", 0], database = ["", 0]] = seen;
  expect(listener[1]).toBeLessThanOrEqual(900);
  expect(database[1]).toBeLessThan(listener[1]);
});

test("nothing is left of a deadline that has passed, and nothing is skipped", async () => {
  const closing = new Closing(0);
  const left: number[] = [];
  closing.add(async (rest) => void left.push(rest));
  await closing.close();
  expect(left).toEqual([0]);
});
