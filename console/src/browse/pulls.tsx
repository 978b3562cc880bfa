import { Card } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Place } from "../api/names.ts";
import { Chart } from "../manage/run/chart.tsx";
import { useNumber } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { usageQuery } from "./queries.ts";

/** Pulls and pushes of the last thirty days. */
export function Pulls({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const number = useNumber();
  const query = useQuery(usageQuery(place));
  return (
    <Loaded query={query}>
      {({ days }) => (
        <Card withBorder>
          <Chart
            title={t("browse.month")}
            step="day"
            format={number}
            series={[
              { label: t("dash.pulls"), colour: "var(--mantine-color-cyan-6)" },
              { label: t("dash.pushes"), colour: "var(--mantine-color-orange-6)" },
            ]}
            points={days.map(({ at, pulls, pushes }) => ({ at, values: [pulls, pushes] }))}
          />
        </Card>
      )}
    </Loaded>
  );
}
