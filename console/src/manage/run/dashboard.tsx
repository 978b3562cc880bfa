import { Alert, Progress, SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { COUNTS, type Overview } from "../../api/run-types.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { Figure, Figures } from "../figure-card.tsx";
import { useFigures } from "../figures.ts";
import { useListSearch } from "../list/list-search.ts";
import { Page, Section } from "../page.tsx";
import { Outlook } from "../storage/outlook.tsx";
import { growthQuery } from "../storage/storage-query.ts";
import { overviewQuery, rangeOf } from "./dashboard-queries.ts";
import { RANGES } from "./ranges.ts";
import { SlowRoutes } from "./slow-routes.tsx";
import { TopRepositories } from "./top-repositories.tsx";
import { Traffic } from "./traffic.tsx";

/** From here on the disk is said to fill up. */
const TIGHT = 0.85;

function Storage({ storage }: Pick<Overview, "storage">) {
  const { t } = useTranslation();
  const { size, percent } = useFigures();
  const growth = useQuery(growthQuery);
  const share = storage.total === 0 ? 0 : 1 - storage.free / storage.total;
  return (
    <Section title={t("dash.storage")}>
      {growth.data !== undefined && growth.data.fullAt !== null && <Outlook growth={growth.data} />}
      {share > TIGHT && <Alert color="orange" title={t("dash.tight", { share: percent(share) })} />}
      <Figures>
        <Figure label={t("dash.free")} value={size(storage.free)}>
          <Progress
            mt="xs"
            value={100 * share}
            color={share > TIGHT ? "orange" : "cyan"}
            aria-label={t("dash.share", { share: percent(share) })}
          />
          <Text size="xs" c="dimmed" mt={4}>
            {t("dash.of", { total: size(storage.total) })}
          </Text>
        </Figure>
        <Figure label={t("dash.used")} value={size(storage.used)} />
        <Figure label={t("dash.stored")} value={size(storage.stored)} />
        <Figure label={t("dash.logical")} value={size(storage.logical)}>
          <Text size="xs" c="dimmed" mt={4}>
            {t("dash.logicalHint")}
          </Text>
        </Figure>
      </Figures>
    </Section>
  );
}

function Today({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const { number, size } = useFigures();
  const { today, uploadsOpen } = overview;
  return (
    <Section title={t("dash.today")} intro={t("dash.todayHint")}>
      <Figures>
        <Figure label={t("dash.pulls")} value={number(today.pulls)} />
        <Figure label={t("dash.pushes")} value={number(today.pushes)} />
        <Figure label={t("dash.out")} value={size(today.bytesOut)} />
        <Figure label={t("dash.in")} value={size(today.bytesIn)} />
        <Figure label={t("dash.loginsDenied")} value={number(today.loginsDenied)} />
        <Figure label={t("dash.uploads")} value={number(uploadsOpen)} />
      </Figures>
    </Section>
  );
}

function Counts({ counts }: Pick<Overview, "counts">) {
  const { t } = useTranslation();
  const { number } = useFigures();
  return (
    <Section title={t("dash.counts")}>
      <Figures>
        {COUNTS.map((name) => (
          <Figure key={name} label={t(`dash.count.${name}`)} value={number(counts[name])} />
        ))}
      </Figures>
    </Section>
  );
}

/** How the installation is doing. */
export function Dashboard() {
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  const range = rangeOf(search.range);
  const query = useQuery(overviewQuery);
  return (
    <Page title={t("admin.dashboard")}>
      <Loaded query={query}>
        {(overview) => (
          <Stack gap="lg">
            <Storage storage={overview.storage} />
            <Today overview={overview} />
            <Counts counts={overview.counts} />
          </Stack>
        )}
      </Loaded>
      <Section
        title={t("dash.traffic")}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={t("dash.range")}
            value={range}
            onChange={(value) => change({ range: value })}
            data={RANGES.map((value) => ({ value, label: t(`dash.ranges.${value}`) }))}
          />
        }
      >
        <Traffic range={range} />
      </Section>
      <TopRepositories />
      <SlowRoutes />
    </Page>
  );
}
