import { queryOptions } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { Overview, RepositoryUsage, RouteFigures, TrafficPoint } from "../../api/run-types.ts";
import type { Page } from "../../api/types.ts";
import { RANGES, type Range } from "./ranges.ts";

/** What the dashboard shows: read by it, and before it as soon as the reader turns to its link. */

const REFRESH = 30_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The server gives every step of a time, also those in which nothing happened. */
export const SPANS = {
  hours: { step: "hour", length: 48 * HOUR },
  days: { step: "day", length: 30 * DAY },
  quarter: { step: "day", length: 90 * DAY },
} as const;

/** The time that an address names. */
export function rangeOf(name: string | undefined): Range {
  return RANGES.find((each) => each === name) ?? "hours";
}

export const overviewQuery = queryOptions({
  queryKey: ["statistics", "overview"],
  queryFn: () => call<Overview>("GET", "/statistics/overview"),
  refetchInterval: REFRESH,
});

export function trafficQuery(range: Range) {
  const { step, length } = SPANS[range];
  return queryOptions({
    queryKey: ["statistics", "traffic", range],
    queryFn: async () => {
      const to = Date.now();
      const from = to - length;
      const path = `/statistics/traffic?from=${from}&to=${to}&step=${step}`;
      const { items } = await call<{ items: readonly TrafficPoint[] }>("GET", path);
      return items;
    },
    refetchInterval: 2 * REFRESH,
  });
}

export const topQuery = queryOptions({
  queryKey: ["statistics", "repositories"],
  queryFn: () => call<Page<RepositoryUsage>>("GET", "/statistics/repositories?limit=10"),
});

export const slowestQuery = queryOptions({
  queryKey: ["statistics", "routes"],
  queryFn: () => call<RouteFigures>("GET", "/statistics/routes"),
});
