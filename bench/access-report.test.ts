import { expect, test } from "bun:test";
import { higher } from "../src/commands/bench/measure/metric.ts";
import { AccessReport, isMet, renderAccess, type Target } from "./access-report.ts";

const SHARE: Target = {
  what: "share",
  metric: "rate",
  subject: "bearer",
  against: "open",
  atLeast: 0.6,
};

function measured(open: readonly number[], bearer: readonly number[]): AccessReport {
  const report = new AccessReport();
  for (const value of open) report.add("open", [higher("c=1", "rate", "req/s", value)]);
  for (const value of bearer) report.add("bearer", [higher("c=1", "rate", "req/s", value)]);
  return report;
}

test("a share is one median over the other", () => {
  const report = measured([100, 90, 200], [70, 65, 10]);
  expect(report.value(SHARE)).toBe(0.65);
  expect(renderAccess(report, [SHARE])).toContain("| share | 65 % | ≥ 60 % | met |");
});

test("what lies below, and what was not measured, misses its target", () => {
  const report = measured([100], [59]);
  expect(renderAccess(report, [SHARE])).toContain("| share | 59 % | ≥ 60 % | **missed** |");
  const unknown = { ...SHARE, subject: "nobody" };
  expect(renderAccess(report, [unknown])).toContain("| share | – | ≥ 60 % | **missed** |");
  expect(isMet({ ...SHARE, atMost: 1 }, Number.NaN)).toBe(false);
});

test("a figure without a bound is only shown", () => {
  const { atLeast: _, ...shown } = SHARE;
  expect(renderAccess(measured([4], [2]), [shown])).toContain("| share | 50 % |  |  |");
});
