import { Badge, Button, Group, Stack, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import type { Job, JobState } from "../../api/run-types.ts";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";
import { ChoiceFilter } from "../list/filters.tsx";
import { useListSearch } from "../list/list-search.ts";
import { type ListColumn, ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { JOB_STATES, JobStateView } from "./job-state.tsx";
import { Schedules } from "./schedules.tsx";

const POLL = 5_000;

interface Count {
  readonly kind: string;
  readonly state: JobState;
  readonly count: number;
}

function useCounts() {
  return useQuery({
    queryKey: ["jobs", "counts"],
    queryFn: () => call<{ items: readonly Count[] }>("GET", "/job-counts"),
    refetchInterval: POLL,
  });
}

function Counts({ items }: { readonly items: readonly Count[] }) {
  const { t } = useTranslation();
  const { number } = useFigures();
  const { search, change } = useListSearch();
  return (
    <Group gap="xs">
      {JOB_STATES.map((state) => {
        const count = items
          .filter((each) => each.state === state)
          .reduce((sum, each) => sum + each.count, 0);
        const isOn = search.state === state;
        return (
          <Button
            key={state}
            size="xs"
            variant={isOn ? "filled" : "default"}
            aria-pressed={isOn}
            onClick={() => change({ state: isOn ? "" : state })}
          >
            {`${t(`jobs.states.${state}`)} ${number(count)}`}
          </Button>
        );
      })}
    </Group>
  );
}

function JobList() {
  const { t } = useTranslation();
  const may = useMay(null)("system:update");
  const { search } = useListSearch();
  const { state, kind } = search;
  const list = useList<Job>("jobs", "/jobs", { state, kind }, { poll: POLL });
  const counts = useCounts();
  const refresh = useRefresh("jobs");
  const act = useAct(refresh);
  const items = counts.data?.items ?? [];
  const kinds = [...new Set(items.map((each) => each.kind))].sort();
  const post = (id: string, verb: string) =>
    act.change.mutate({ method: "POST", path: `/jobs/${id}/${verb}` });
  const columns: readonly ListColumn<Job>[] = [
    {
      id: "kind",
      title: t("jobs.kind"),
      isFixed: true,
      cell: (job) => (
        <Link className="link" to="/admin/jobs/$job" params={{ job: job.id }}>
          {job.kind}
        </Link>
      ),
    },
    { id: "state", title: t("people.state"), cell: (job) => <JobStateView job={job} /> },
    {
      id: "attempts",
      title: t("jobs.attempts"),
      isFigure: true,
      cell: ({ attempts, maxAttempts }) => `${attempts} / ${maxAttempts}`,
    },
    { id: "at", title: t("jobs.runAt"), cell: ({ runAt }) => <Time at={runAt} /> },
    {
      id: "finished",
      title: t("jobs.finished"),
      cell: ({ finishedAt }) => (finishedAt === null ? "–" : <Time at={finishedAt} />),
    },
    { id: "error", title: t("jobs.error"), cell: ({ error }) => error ?? "–" },
    {
      id: "actions",
      title: t("list.actions"),
      isFigure: true,
      cell: (job) =>
        may && (
          <Group gap={4} justify="flex-end">
            {(job.state === "waiting" || job.state === "running") && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`${t("jobs.cancel")}: ${job.kind}`}
                onClick={() => post(job.id, "cancel")}
              >
                {t("jobs.cancel")}
              </Button>
            )}
            {(job.state === "failed" || job.state === "cancelled") && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`${t("jobs.retry")}: ${job.kind}`}
                onClick={() => post(job.id, "retry")}
              >
                {t("jobs.retry")}
              </Button>
            )}
          </Group>
        ),
    },
  ];
  return (
    <>
      <Counts items={items} />
      <ProblemAlert error={act.error} />
      <ListTable
        label={t("admin.jobs")}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        nameOf={(job) => job.kind}
        filters={
          <ChoiceFilter
            name="kind"
            label={t("jobs.kind")}
            choices={kinds.map((value) => ({ value, label: value }))}
          />
        }
        empty={<Nothing words={t("jobs.none")} />}
      />
      {act.dialog}
    </>
  );
}

/** What the installation does by itself: now, before, and next. */
export function JobsPage() {
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  const counts = useCounts();
  const failed = (counts.data?.items ?? [])
    .filter(({ state }) => state === "failed")
    .reduce((sum, { count }) => sum + count, 0);
  const tab = search.tab === "schedules" ? "schedules" : "queue";
  return (
    <Page title={t("admin.jobs")} intro={t("jobs.intro")}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => change({ tab: value === "schedules" ? value : "" })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab
            value="queue"
            rightSection={
              failed > 0 ? (
                <Badge color="red.9" size="sm" circle={failed < 10}>
                  {failed}
                </Badge>
              ) : undefined
            }
          >
            {t("jobs.queue")}
          </Tabs.Tab>
          <Tabs.Tab value="schedules">{t("jobs.schedules")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="queue">
          <Stack gap="sm" miw={0}>
            <JobList />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="schedules">
          <Schedules />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
