import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { DAY } from "../../kernel/clock.ts";
import { forecast, fullAt, growthPerDay, type Point } from "./rules-forecast.ts";

const slope = fc.integer({ min: -1_000_000, max: 1_000_000 });
const start = fc.integer({ min: 0, max: 1_000_000_000 });
const line = (count: number, from: number, perDay: number): Point[] =>
  Array.from({ length: count }, (_, day) => ({ at: day * DAY, value: from + day * perDay }));

test("the growth of a straight line is its own, in whatever order its points come", () => {
  const property = fc.property(
    fc.integer({ min: 3, max: 30 }),
    start,
    slope,
    fc.infiniteStream(fc.nat()),
    (count, from, perDay, keys) => {
      const order = new Map([...keys.take(count)].map((key, index) => [index, key]));
      const points = line(count, from, perDay);
      const mixed = points.toSorted(
        (a, b) => (order.get(a.at / DAY) ?? 0) - (order.get(b.at / DAY) ?? 0),
      );
      expect(growthPerDay(mixed)).toBeCloseTo(perDay, 3);
    },
  );
  fc.assert(property);
});

test("odd days do not move it: up to a fifth of them", () => {
  const odd = fc.record({ day: fc.nat(), value: fc.integer({ min: 0, max: 1e15 }) });
  const property = fc.property(
    start,
    slope,
    fc.array(odd, { maxLength: 6 }),
    (from, perDay, some) => {
      const points = line(30, from, perDay);
      for (const { day, value } of some) points[day % 30] = { at: (day % 30) * DAY, value };
      expect(growthPerDay(points)).toBeCloseTo(perDay, 3);
    },
  );
  fc.assert(property);
});

test("it grows with what is measured, and fewer than three times say nothing", () => {
  const values = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 30 });
  const property = fc.property(values, fc.integer({ min: 1, max: 9 }), (all, factor) => {
    const points = all.map((value, day) => ({ at: day * DAY, value }));
    const times = points.map(({ at, value }) => ({ at, value: value * factor }));
    const growth = growthPerDay(points);
    if (points.length < 3) expect(growth).toBeNull();
    else expect(growthPerDay(times)).toBeCloseTo((growth ?? 0) * factor, 3);
  });
  fc.assert(property);
  expect(growthPerDay([1, 2, 3].map((value) => ({ at: DAY, value })))).toBeNull();
});

test("the disk is full once the growth has used up what is left", () => {
  const property = fc.property(
    fc.nat({ max: 1e12 }),
    fc.integer({ min: 1, max: 1e12 }),
    fc.integer({ min: 1, max: 1e9 }),
    (now, room, perDay) => {
      const at = fullAt(now, room, perDay);
      if (room / perDay > 3_650) expect(at).toBeNull();
      else expect(((at ?? 0) - now) / DAY).toBeCloseTo(room / perDay, 3);
    },
  );
  fc.assert(property);
  expect(fullAt(5, 0, null)).toBe(5);
  expect(fullAt(5, -1, 10)).toBe(5);
  for (const growth of [null, 0, -1]) expect(fullAt(5, 10, growth)).toBeNull();
});

test("a date is told only where there is one, and else why there is none", () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 30 }),
    slope,
    fc.integer({ min: -10, max: 1e9 }),
    fc.nat({ max: 1e12 }),
    (count, perDay, room, now) => {
      const told = forecast(now, room, line(count, 0, perDay));
      expect(told.perDay === null).toBe(count < 3);
      if (room <= 0) expect(told).toMatchObject({ outlook: "full", fullAt: now });
      else if (count < 3) expect(told).toMatchObject({ outlook: "too_few_days", fullAt: null });
      else if (perDay <= 0) expect(told).toMatchObject({ outlook: "not_growing", fullAt: null });
      else if (told.outlook === "far") expect(room / perDay).toBeGreaterThan(3_649);
      else expect(((told.fullAt ?? 0) - now) / DAY).toBeCloseTo(room / perDay, 3);
    },
  );
  fc.assert(property);
});
