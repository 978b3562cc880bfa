import { Button, Card, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { RepositoryLink } from "../../browse/links.tsx";
import { useSize } from "../../ui/figure.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { useListSearch } from "../list/list-search.ts";
import { type ListColumn, ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page, Section } from "../page.tsx";
import { Chart } from "../run/chart.tsx";
import { useChange } from "./change.ts";
import { Outlook } from "./outlook.tsx";
import { growthQuery, type Measured, usageUrl } from "./storage-query.ts";

function GrowthCard() {
  const { t } = useTranslation();
  const size = useSize();
  const query = useQuery(growthQuery);
  return (
    <Loaded query={query}>
      {(growth) => (
        <Stack>
          <Outlook growth={growth} />
          {growth.items.length > 0 && (
            <Card withBorder>
              <Chart
                title={t("storage.byDay")}
                step="day"
                format={size}
                series={[
                  { label: t("dash.used"), colour: "var(--mantine-color-cyan-6)" },
                  { label: t("dash.stored"), colour: "var(--mantine-color-orange-6)" },
                ]}
                points={growth.items.map(({ at, total, free, unique }) => ({
                  at,
                  values: [total - free, unique],
                }))}
              />
            </Card>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

/** Splits a full name; what is in a project has the rest. */
function placeOf({ project, name }: Measured) {
  return { project, repository: name.slice(project.length + 1) };
}

/** What takes the space: projects, and the repositories of the one that was chosen. */
function Largest() {
  const { t } = useTranslation();
  const size = useSize();
  const change = useChange();
  const { search, change: turnTo } = useListSearch();
  const { project } = search;
  const isWhole = project === undefined;
  const list = useList<Measured>(
    "storage",
    isWhole ? "/lens/projects" : "/lens/repositories",
    isWhole ? {} : { project },
  );
  const most = Math.max(1, ...(list.data?.items.map(({ unique }) => unique) ?? []));
  const title = isWhole ? t("storage.projects") : t("storage.repositories", { name: project });
  const columns: readonly ListColumn<Measured>[] = [
    {
      id: "name",
      title: t("members.name"),
      isFixed: true,
      cell: (row) =>
        isWhole ? (
          <Button
            variant="subtle"
            size="compact-sm"
            disabled={row.deletedAt !== null}
            onClick={() => turnTo({ project: row.name })}
          >
            {row.name}
          </Button>
        ) : row.deletedAt === null ? (
          <RepositoryLink place={placeOf(row)} />
        ) : (
          <span>{row.name}</span>
        ),
    },
    {
      id: "bar",
      title: t("storage.share"),
      cell: (row) => (
        <Progress
          miw={80}
          value={(100 * row.unique) / most}
          aria-label={`${row.name}: ${size(row.unique)}`}
        />
      ),
    },
    {
      id: "unique",
      title: t("storage.takes"),
      isFigure: true,
      cell: ({ unique }) => size(unique),
    },
    {
      id: "shared",
      title: t("storage.shared"),
      isFigure: true,
      cell: ({ shared }) => size(shared),
    },
    {
      id: "logical",
      title: t("dash.logical"),
      isFigure: true,
      cell: ({ logical }) => size(logical),
    },
    {
      id: "growth",
      title: t("storage.growth"),
      isFigure: true,
      cell: ({ growth }) => change(growth),
    },
  ];
  return (
    <Section
      title={title}
      actions={
        !isWhole && (
          <Button variant="default" size="sm" onClick={() => turnTo({ project: "" })}>
            {t("storage.all")}
          </Button>
        )
      }
    >
      <ListTable
        label={title}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={columns}
        empty={<Nothing words={t("storage.none")} />}
      />
    </Section>
  );
}

/** What takes the space, how that grows, and who used how much. */
export function StoragePage() {
  const { t } = useTranslation();
  return (
    <Page
      title={t("admin.storage")}
      intro={t("storage.intro")}
      actions={
        <Button variant="default" component="a" href={usageUrl(null)} download>
          {t("storage.export")}
        </Button>
      }
    >
      <GrowthCard />
      <Largest />
      <Text size="sm" c="dimmed">
        {t("storage.words")}
      </Text>
    </Page>
  );
}
