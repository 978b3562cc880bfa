import { Card, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { TrafficPoint } from "../../api/run-types.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { useFigures } from "../figures.ts";
import { Chart } from "./chart.tsx";
import type { Range } from "./ranges.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The server gives every step of a time, also those in which nothing happened. */
const SPANS = {
  hours: { step: "hour", length: 48 * HOUR },
  days: { step: "day", length: 30 * DAY },
  quarter: { step: "day", length: 90 * DAY },
} as const;

const FIRST = "var(--mantine-color-cyan-6)";
const SECOND = "var(--mantine-color-orange-6)";

/** Pulls and pushes, bytes and logins over time. */
export function Traffic({ range }: { readonly range: Range }) {
  const { t } = useTranslation();
  const { short, size } = useFigures();
  const { step, length } = SPANS[range];
  const query = useQuery({
    queryKey: ["statistics", "traffic", range],
    queryFn: async () => {
      const to = Date.now();
      const from = to - length;
      const path = `/statistics/traffic?from=${from}&to=${to}&step=${step}`;
      const { items } = await call<{ items: readonly TrafficPoint[] }>("GET", path);
      return items;
    },
    refetchInterval: 60_000,
  });
  return (
    <Loaded query={query}>
      {(points) => (
        <SimpleGrid cols={{ base: 1, lg: 3 }}>
          <Card withBorder>
            <Chart
              title={t("dash.pullsPushes")}
              step={step}
              format={short}
              series={[
                { label: t("dash.pulls"), colour: FIRST },
                { label: t("dash.pushes"), colour: SECOND },
              ]}
              points={points.map(({ at, pulls, pushes }) => ({ at, values: [pulls, pushes] }))}
            />
          </Card>
          <Card withBorder>
            <Chart
              title={t("dash.bytes")}
              step={step}
              format={size}
              series={[
                { label: t("dash.out"), colour: FIRST },
                { label: t("dash.in"), colour: SECOND },
              ]}
              points={points.map(({ at, bytesOut, bytesIn }) => ({
                at,
                values: [bytesOut, bytesIn],
              }))}
            />
          </Card>
          <Card withBorder>
            <Chart
              title={t("dash.logins")}
              step={step}
              format={short}
              series={[
                { label: t("dash.loginsDone"), colour: FIRST },
                { label: t("dash.loginsDenied"), colour: SECOND },
              ]}
              points={points.map(({ at, logins, loginsDenied }) => ({
                at,
                values: [logins, loginsDenied],
              }))}
            />
          </Card>
        </SimpleGrid>
      )}
    </Loaded>
  );
}
