import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "../../ui/loaded.tsx";
import { useFigures } from "../figures.ts";
import { Section } from "../page.tsx";
import { slowestQuery } from "./dashboard-queries.ts";
import { PlainTable } from "./plain-table.tsx";

/** What this node answers slowest. */
export function SlowRoutes() {
  const { t } = useTranslation();
  const { number, milliseconds } = useFigures();
  const query = useQuery(slowestQuery);
  return (
    <Section title={t("dash.slow")} intro={t("dash.slowHint")}>
      <Loaded query={query}>
        {({ items }) => (
          <PlainTable
            label={t("dash.slow")}
            head={[
              t("dash.route"),
              t("dash.requests"),
              t("dash.errors"),
              t("dash.mean"),
              t("dash.p99"),
            ]}
            rows={items.slice(0, 15).map((each) => ({
              key: each.route,
              cells: [
                each.route,
                number(each.requests),
                number(each.errors),
                milliseconds(each.meanMs),
                milliseconds(each.p99Ms),
              ],
            }))}
          />
        )}
      </Loaded>
    </Section>
  );
}
