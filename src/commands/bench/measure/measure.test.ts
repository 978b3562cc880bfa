import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { closedLoop } from "./closed-loop.ts";
import { Histogram } from "./histogram.ts";
import { Ledger } from "./ledger.ts";
import { ProcessProbe } from "./process-probe.ts";
import { logLogSlope, median, summarise } from "./statistics.ts";

describe("statistics", () => {
  test("the median is between the middle values, and order does not matter", () => {
    expect(median([5])).toBe(5);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const centre = median(values);
        const below = values.filter((value) => value < centre).length;
        const above = values.filter((value) => value > centre).length;
        expect(below).toBeLessThanOrEqual(values.length / 2);
        expect(above).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  test("the spread is what lies between the rounds, over the median", () => {
    expect(summarise([8, 10, 14])).toEqual({
      median: 10,
      min: 8,
      max: 14,
      spread: 0.6,
      rounds: [8, 10, 14],
    });
    expect(summarise([0, 0]).spread).toBe(0);
  });

  test("the slope is the exponent of growth", () => {
    const points = (power: number) => [100, 1_000, 10_000].map((x) => ({ x, y: 3 * x ** power }));
    for (const power of [0, 0.5, 1, 2]) expect(logLogSlope(points(power))).toBeCloseTo(power, 10);
    expect(logLogSlope([{ x: 100, y: 5 }])).toBe(0);
  });
});

describe("the histogram", () => {
  test("a quantile is at most a bucket away from the true one", () => {
    const latencies = fc.array(fc.double({ min: 0.002, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, q) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value);
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(values.length * q)) - 1] ?? 0;
        const found = histogram.quantile(q);
        expect(found).toBeGreaterThanOrEqual(exact * 0.999);
        expect(found).toBeLessThanOrEqual(exact * 1.03);
      }),
    );
  });

  test("it takes what is outside of its range, and is 0 when empty", () => {
    const histogram = new Histogram();
    expect(histogram.quantile(0.99)).toBe(0);
    histogram.record(0);
    histogram.record(1e30);
    expect(histogram.count).toBe(2);
    expect(histogram.quantile(0.5)).toBeLessThan(0.002);
  });
});

describe("the ledger", () => {
  test("is clean until something is wrong, and counts what repeats", () => {
    const ledger = new Ledger();
    expect(ledger.expect("GET", 200, 200)).toBe(true);
    ledger.expectLength("GET", 5, 5);
    expect(ledger.void).toBe(false);
    expect(ledger.expect("GET", 503, 200)).toBe(false);
    ledger.expect("GET", 503, 200);
    ledger.expectLength("GET", 4, 5);
    expect(ledger.reasons).toEqual([
      "GET: status 503 instead of 200 (2 times)",
      "GET: 4 bytes instead of 5",
    ]);
  });

  test("does not grow without end", () => {
    const ledger = new Ledger();
    for (let n = 0; n < 1_000; n += 1) ledger.blame(`reason ${n}`);
    expect(ledger.reasons.length).toBeLessThan(50);
  });
});

describe("the closed loop", () => {
  test("does so many operations, each once, spread over the workers", async () => {
    const seen: number[] = [];
    const used = new Set<string>();
    const result = await closedLoop(["a", "b", "c"], { operations: 20 }, async (worker, n) => {
      await Promise.resolve();
      seen.push(n);
      used.add(worker);
    });
    expect(result.operations).toBe(20);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(used.size).toBe(3);
  });

  test("ends on a word", async () => {
    let done = 0;
    const end = { goesOn: () => done < 5 };
    const { operations } = await closedLoop([0], end, async () => {
      done += 1;
    });
    expect(operations).toBe(5);
  });

  test("tells faults and goes on, but not for ever", async () => {
    const faults: unknown[] = [];
    const run = (operations: number) =>
      closedLoop([0], { operations }, () => Promise.reject(new Error("refused")), {
        onFault: (fault) => faults.push(fault),
      });
    expect((await run(3)).operations).toBe(3);
    expect(faults.length).toBe(3);
    await expect(run(100_000)).rejects.toThrow("refused");
  });

  test("ends with the first fault when nobody wants to hear of them", async () => {
    const run = closedLoop([0, 1], { operations: 5 }, () => Promise.reject(new Error("refused")));
    await expect(run).rejects.toThrow("refused");
  });
});

describe("the probe of a process", () => {
  test("sees this process work and hold memory", () => {
    const probe = new ProcessProbe(process.pid);
    const before = process.cpuUsage();
    while (process.cpuUsage(before).user < 200_000) Math.sqrt(Math.random());
    const { user, system } = process.cpuUsage();
    expect(Math.abs(probe.cpuSeconds() - (user + system) / 1e6)).toBeLessThan(0.1);
    probe.resetPeak();
    const held = new Uint8Array(64 * 1024 * 1024).fill(1);
    probe.sample();
    expect(probe.peak()).toBeGreaterThanOrEqual(held.byteLength);
  });

  test("a process that is not there is refused", () => {
    expect(() => new ProcessProbe(2 ** 30)).toThrow();
  });
});
