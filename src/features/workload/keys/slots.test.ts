import { describe, expect, test } from "bun:test";
import { Slots } from "./slots.ts";

/** Work that a test ends. */
function work(slots: Slots, owner: string) {
  let end = () => {};
  const running = { began: false, over: false };
  const held = new Promise<void>((done) => {
    end = done;
  });
  const result = slots.run(owner, async () => {
    running.began = true;
    await held;
    return owner;
  });
  return {
    running,
    result,
    async end() {
      end();
      await result;
    },
  };
}

describe("slots", () => {
  test("are given to each owner up to its share, and to all up to the whole", async () => {
    const slots = new Slots({ most: 3, mostEach: 2, mostWaiting: 10 });
    const [a1, a2, a3] = [work(slots, "a"), work(slots, "a"), work(slots, "a")];
    const [b1, c1] = [work(slots, "b"), work(slots, "c")];
    const began = () => [a1, a2, a3, b1, c1].map(({ running }) => running.began);
    expect(began()).toEqual([true, true, false, true, false]);
    await b1.end();
    // The third of `a` waits for its own; it does not stand in the way of others.
    expect(began()).toEqual([true, true, false, true, true]);
    await a1.end();
    expect(began()).toEqual([true, true, true, true, true]);
    await Promise.all([a2, a3, c1].map((each) => each.end()));
  });

  test("turn away who would wait behind too many", async () => {
    const slots = new Slots({ most: 1, mostEach: 1, mostWaiting: 1 });
    const [first, second] = [work(slots, "a"), work(slots, "b")];
    expect(await slots.run("c", async () => "never")).toBeUndefined();
    await first.end();
    await second.end();
    expect(await slots.run("c", async () => "now")).toBe("now");
  });

  test("are free again after work that failed", async () => {
    const slots = new Slots({ most: 1, mostEach: 1, mostWaiting: 1 });
    const failing = slots.run("a", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await slots.run("a", async () => "next")).toBe("next");
  });
});
