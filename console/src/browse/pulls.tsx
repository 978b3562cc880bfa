import { Card } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { Chart } from "../manage/run/chart.tsx";
import { useNumber } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";

const MONTH = 30 * 86_400_000;

/** Pulls and pushes of the last thirty days. */
export function Pulls({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const number = useNumber();
  const query = useQuery({
    queryKey: ["repository-days", fullName(place)],
    queryFn: async () => {
      const to = Date.now();
      const from = to - MONTH;
      const { days } = await ask("getRepositoryStatistics", {
        params: { ...place },
        query: { from, to },
      });
      return days;
    },
  });
  return (
    <Loaded query={query}>
      {(points) => (
        <Card withBorder>
          <Chart
            title={t("browse.month")}
            step="day"
            format={number}
            series={[
              { label: t("dash.pulls"), colour: "var(--mantine-color-cyan-6)" },
              { label: t("dash.pushes"), colour: "var(--mantine-color-orange-6)" },
            ]}
            points={points.map(({ at, pulls, pushes }) => ({ at, values: [pulls, pushes] }))}
          />
        </Card>
      )}
    </Loaded>
  );
}
