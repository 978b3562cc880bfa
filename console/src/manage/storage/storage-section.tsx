import { Button, Card, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { useSize } from "../../ui/figure.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Section } from "../page.tsx";
import { Chart } from "../run/chart.tsx";
import { PlainTable } from "../run/plain-table.tsx";
import { under } from "../scope.ts";
import { useChange } from "./change.ts";
import { type MeasuredPage, projectGrowthQuery, usageUrl } from "./storage-query.ts";

const LARGEST = 10;

/** How a project's storage grows, its largest repositories, and its use as a file of figures. */
export function StorageSection({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const size = useSize();
  const change = useChange();
  const growth = useQuery(projectGrowthQuery(project));
  const largest = useQuery({
    queryKey: ["storage", "largest", project],
    queryFn: () => call<MeasuredPage>("GET", under(project, `/lens/repositories?limit=${LARGEST}`)),
  });
  return (
    <Section
      title={t("admin.storage")}
      intro={t("storage.words")}
      actions={
        <Button variant="default" size="sm" component="a" href={usageUrl(project)} download>
          {t("storage.export")}
        </Button>
      }
    >
      <Loaded query={growth}>
        {({ items, perDay }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t("storage.none")}</Text>
          ) : (
            <Card withBorder maw={640}>
              {perDay !== null && (
                <Text size="sm">{t("storage.perDay", { perDay: change(perDay) })}</Text>
              )}
              <Chart
                title={t("storage.byDay")}
                step="day"
                format={size}
                series={[{ label: t("storage.takes"), colour: "var(--mantine-color-cyan-6)" }]}
                points={items.map(({ at, unique }) => ({ at, values: [unique] }))}
              />
            </Card>
          )
        }
      </Loaded>
      {largest.data !== undefined && largest.data.items.length > 0 && (
        <PlainTable
          label={t("storage.repositories", { name: project })}
          head={[
            t("dash.repository"),
            t("storage.takes"),
            t("storage.shared"),
            t("storage.growth"),
          ]}
          rows={largest.data.items.map(({ id, name, unique, shared, growth: grown }) => ({
            key: id,
            cells: [name, size(unique), size(shared), change(grown)],
          }))}
        />
      )}
    </Section>
  );
}
