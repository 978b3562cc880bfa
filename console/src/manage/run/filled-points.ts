import type { TrafficPoint } from "../../api/run-types.ts";

const STEPS = { hour: 3_600_000, day: 86_400_000 } as const;

const NONE = { pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0, logins: 0, loginsDenied: 0 };

/** Every step of a time, also those in which nothing happened. */
export function filledPoints(
  points: readonly TrafficPoint[],
  from: number,
  to: number,
  step: keyof typeof STEPS,
): readonly TrafficPoint[] {
  const length = STEPS[step];
  const known = new Map(points.map((point) => [Math.floor(point.at / length), point]));
  const first = Math.floor(from / length);
  const count = Math.floor(to / length) - first + 1;
  return Array.from({ length: count }, (_, n) => {
    return known.get(first + n) ?? { ...NONE, at: (first + n) * length };
  });
}
