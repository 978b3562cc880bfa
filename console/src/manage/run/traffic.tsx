import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "../../ui/loaded.tsx";
import { useFigures } from "../figures.ts";
import { Chart } from "./chart.tsx";
import { SPANS, trafficQuery } from "./dashboard-queries.ts";
import type { Range } from "./ranges.ts";

const FIRST = "var(--mantine-color-cyan-6)";
const SECOND = "var(--mantine-color-orange-6)";

/** Pulls and pushes, bytes and logins over time. */
export function Traffic({ range }: { readonly range: Range }) {
  const { t } = useTranslation();
  const { short, size } = useFigures();
  const { step } = SPANS[range];
  const query = useQuery(trafficQuery(range));
  return (
    <Loaded query={query}>
      {(points) => (
        <div className="figures charts">
          <div className="entry">
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
          </div>
          <div className="entry">
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
          </div>
          <div className="entry">
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
          </div>
        </div>
      )}
    </Loaded>
  );
}
