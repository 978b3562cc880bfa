import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "../../ui/loaded.tsx";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";
import { Section } from "../page.tsx";
import { topQuery } from "./dashboard-queries.ts";
import { PlainTable } from "./plain-table.tsx";

/** The repositories that are pulled most. */
export function TopRepositories() {
  const { t } = useTranslation();
  const { number, size } = useFigures();
  const query = useQuery(topQuery);
  return (
    <Section title={t("dash.top")}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t("dash.quiet")}</Text>
          ) : (
            <PlainTable
              label={t("dash.top")}
              head={[
                t("dash.repository"),
                t("dash.pulls"),
                t("dash.pushes"),
                t("dash.out"),
                t("dash.lastPull"),
              ]}
              rows={items.map((each) => ({
                key: each.id,
                cells: [
                  each.repository,
                  number(each.pulls),
                  number(each.pushes),
                  size(each.bytesOut),
                  <Time key="at" at={each.lastPulledAt} />,
                ],
              }))}
            />
          )
        }
      </Loaded>
    </Section>
  );
}
