import { expect, test } from "bun:test";
import fc from "fast-check";
import { ProgressMeter } from "./progress.ts";

const limits = { stall: 60_000, window: 300_000, floor: 1_000 };

test("no byte for the stall time is a stall, however much came before", () => {
  const meter = new ProgressMeter(limits, 0);
  meter.add(10_000_000, 10_000);
  expect(meter.pace(69_999)).toBe("alive");
  expect(meter.pace(70_000)).toBe("stalled");
});

test("empty chunks are no progress", () => {
  const meter = new ProgressMeter(limits, 0);
  meter.add(0, 59_000);
  expect(meter.pace(60_000)).toBe("stalled");
});

test.each([
  [999, "slow"],
  [1_000, "alive"],
  [5_000, "alive"],
] as const)("at %d bytes a second a client is %s", (rate, pace) => {
  const meter = new ProgressMeter(limits, 0);
  for (let second = 1; second <= 300; second++) meter.add(rate, second * 1_000);
  expect(meter.pace(300_000)).toBe(pace);
});

test("a fast beginning does not pay for a slow end", () => {
  const meter = new ProgressMeter(limits, 0);
  meter.add(100_000_000, 1_000);
  let pace = meter.pace(1_000);
  for (let second = 2; second <= 600 && pace === "alive"; second++) {
    meter.add(10, second * 1_000);
    pace = meter.pace(second * 1_000);
  }
  expect(pace).toBe("slow");
});

test("a client that is above the floor in each second is never cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_000, max: 9_000 }), { maxLength: 700 }), (rates) => {
      const meter = new ProgressMeter(limits, 0);
      rates.forEach((rate, second) => {
        meter.add(rate, second * 1_000);
        expect(meter.pace(second * 1_000 + 999)).toBe("alive");
      });
    }),
  );
});
