import { expect, test } from "bun:test";
import { DAY, MINUTE, SECOND } from "../../kernel/clock.ts";
import type { PartHealth } from "./report.ts";
import { certificateHealth, clockHealth, diskHealth, eventsHealth, jobsHealth } from "./rules.ts";

const NOW = Date.UTC(2026, 10, 20);
const until = (ms: number) => new Date(NOW + ms).toUTCString();

const UNFORESEEN = { fullAt: null, now: NOW };
const ROOMY = { total: 1_000, free: 900 };
const LEAST = { bytes: 30, percent: 2 };

const cases: readonly (readonly [PartHealth, string | null])[] = [
  [jobsHealth(null), null],
  [jobsHealth(10 * MINUTE - 1), null],
  [jobsHealth(10 * MINUTE), "a job has been due for 600 s and nobody takes it"],
  [eventsHealth(null), null],
  [eventsHealth(5 * MINUTE), "an event has waited for 300 s to be passed on"],
  [diskHealth({ total: 1_000, free: 20 }, { bytes: 10, percent: 2 }, UNFORESEEN), null],
  [
    diskHealth({ total: 1_000, free: 19 }, { bytes: 10, percent: 2 }, UNFORESEEN),
    "19 bytes are free, fewer than the 20 that are kept: pushes are refused",
  ],
  [
    diskHealth({ total: 1_000, free: 29 }, { bytes: 30, percent: 2 }, UNFORESEEN),
    "29 bytes are free, fewer than the 30 that are kept: pushes are refused",
  ],
  [diskHealth(ROOMY, LEAST, { fullAt: NOW + 14 * DAY, now: NOW }), null],
  [
    diskHealth(ROOMY, LEAST, { fullAt: NOW + 14 * DAY - 1, now: NOW }),
    "at the growth of the last 30 days it is full in 13 days",
  ],
  [certificateHealth(until(14 * DAY), NOW), null],
  [certificateHealth(until(14 * DAY - SECOND), NOW), "it expires in 13 days"],
  [certificateHealth(until(-SECOND), NOW), "it has expired"],
  [certificateHealth("some day", NOW), "its end cannot be read"],
  [clockHealth(-5 * SECOND), null],
  [clockHealth(6 * SECOND), "the clock of this node differs from the database's by 6 s"],
];

test.each(cases)("%j", (health, why) => {
  expect([health.ok, health.why?.en ?? null]).toEqual([why === null, why]);
  if (health.why !== null) expect(health.why.zh).toMatch(/[\u4e00-\u9fff]/);
});
