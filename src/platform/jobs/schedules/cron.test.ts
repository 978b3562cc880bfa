import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HOUR, MINUTE } from "../../../kernel/clock.ts";
import { nextTick } from "./cron.ts";

function ticks(cron: string, zone: string, from: string, count: number): string[] {
  const times: string[] = [];
  let at = Date.parse(from);
  for (let i = 0; i < count; i++) {
    at = nextTick(cron, zone, at);
    times.push(new Date(at).toISOString().slice(0, 16));
  }
  return times;
}

describe("nextTick", () => {
  test.each([
    ["*/15 * * * *", "UTC", "2026-11-20T12:00Z", ["2026-11-20T12:15", "2026-11-20T12:30"]],
    ["30 3 * * *", "Europe/Berlin", "2026-01-10T12:00Z", ["2026-01-11T02:30", "2026-01-12T02:30"]],
    ["30 3 * * *", "Asia/Shanghai", "2026-01-10T12:00Z", ["2026-01-10T19:30"]],
    ["30 3 * * *", "Asia/Kolkata", "2026-01-10T12:00Z", ["2026-01-10T22:00"]],
    ["0 9 * * MON-FRI", "UTC", "2026-11-20T12:00Z", ["2026-11-23T09:00", "2026-11-24T09:00"]],
    ["0 0 29 2 *", "UTC", "2026-11-20T12:00Z", ["2028-02-29T00:00", "2032-02-29T00:00"]],
    ["0 0 L * *", "UTC", "2026-11-20T12:00Z", ["2026-11-30T00:00", "2026-12-31T00:00"]],
    ["@daily", "America/New_York", "2026-07-01T12:00Z", ["2026-07-02T04:00"]],
    ["  5 4 * * * ", "UTC", "2026-07-01T12:00Z", ["2026-07-02T04:05"]],
  ])("%s in %s", (cron, zone, from, expected) => {
    expect(ticks(cron, zone, from, expected.length)).toEqual(expected);
  });

  test.each([
    // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
    [
      "a fixed time that is left out runs at the first minute after the gap",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-03-28T00:00Z",
      ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"],
    ],
    [
      "hours go on elapsing through the gap",
      "0 * * * *",
      "Europe/Berlin",
      "2026-03-28T23:30Z",
      ["2026-03-29T00:00", "2026-03-29T01:00", "2026-03-29T02:00"],
    ],
    // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
    [
      "a fixed time that comes twice runs once",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-24T12:00Z",
      ["2026-10-25T00:30", "2026-10-26T01:30"],
    ],
    [
      "hours go on elapsing through the repetition",
      "0 * * * *",
      "Europe/Berlin",
      "2026-10-24T23:30Z",
      ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"],
    ],
    // New York, 8 March 2026: 02:00 becomes 03:00 at 07:00 UTC.
    [
      "the gap in New York",
      "30 2 * * *",
      "America/New_York",
      "2026-03-07T00:00Z",
      ["2026-03-07T07:30", "2026-03-08T07:00", "2026-03-09T06:30"],
    ],
    // New York, 1 November 2026: 02:00 becomes 01:00 at 06:00 UTC.
    [
      "the repetition in New York",
      "30 1 * * *",
      "America/New_York",
      "2026-10-31T12:00Z",
      ["2026-11-01T05:30", "2026-11-02T06:30"],
    ],
    [
      "midnight of New York moves with its clocks",
      "0 0 * * *",
      "America/New_York",
      "2026-10-31T12:00Z",
      ["2026-11-01T04:00", "2026-11-02T05:00"],
    ],
  ])("%s", (_name, cron, zone, from, expected) => {
    expect(ticks(cron, zone, from, expected.length)).toEqual(expected);
  });

  test.each([
    ["", "UTC"],
    ["nonsense", "UTC"],
    ["* * * *", "UTC"],
    ["* * * * * *", "UTC"],
    ["60 * * * *", "UTC"],
    ["0 24 * * *", "UTC"],
    ["*/0 * * * *", "UTC"],
    ["0 0 30 2 *", "UTC"],
    ["@reboot", "UTC"],
    ["2099-01-01T00:00:00", "UTC"],
    ["2099-01-01 00:00:00", "UTC"],
    ["0 0 * * *", "Mars/Olympus"],
    ["0 0 * * *", ""],
  ])("refuses %p in %p", (cron, zone) => {
    expect(() => nextTick(cron, zone, 0)).toThrow(RangeError);
  });

  test("throws nothing but RangeError, whatever the pattern", () => {
    const field = fc.stringMatching(/^[0-9*,/\-LW#?A-Z]{0,6}$/);
    const five = fc.array(field, { minLength: 4, maxLength: 6 }).map((each) => each.join(" "));
    fc.assert(
      fc.property(fc.oneof(five, fc.string()), (cron) => {
        try {
          expect(nextTick(cron, "Europe/Berlin", 0)).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is later than asked, on a whole minute, and the first that fits", () => {
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai");
    const start = Date.UTC(2026, 0, 1);
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: start, max: start + 365 * 24 * HOUR }),
        (timeZone, minute, after) => {
          const next = nextTick(`${minute} * * * *`, timeZone, after);
          expect(next).toBeGreaterThan(after);
          expect(next % MINUTE).toBe(0);
          expect(next - after).toBeLessThanOrEqual(HOUR);
          expect(new Date(next).getUTCMinutes()).toBe(minute);
        },
      ),
    );
  });
});
