import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import type { JobDetail } from "../../api/run-types.ts";
import { Fact } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { Page, Section } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { useFollowJob } from "./follow-job.ts";
import { JobStateView } from "./job-state.tsx";

function Logs({ logs }: Pick<JobDetail, "logs">) {
  const { t } = useTranslation();
  if (logs.length === 0) return <Text c="dimmed">{t("jobs.noLogs")}</Text>;
  return (
    <Stack
      gap={4}
      component="ol"
      m={0}
      p="sm"
      className="plain-list job-logs"
      tabIndex={0}
      aria-label={t("jobs.logs")}
    >
      {logs.map(({ at, level, message }, index) => (
        <Text component="li" key={`${index} ${at}`} size="sm" ff="monospace" className="wraps">
          <Time at={at} /> {level === "info" ? "" : `[${level}] `}
          {message}
        </Text>
      ))}
    </Stack>
  );
}

/** One background job, as it goes on. */
export function JobPage({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const may = useMay(null)("system:update");
  const query = useQuery({
    queryKey: ["jobs", id],
    queryFn: () => call<JobDetail>("GET", `/jobs/${id}`),
  });
  const isLive = useFollowJob(id, query.data?.state);
  const refresh = useRefresh("jobs");
  const act = useAct(refresh);
  const post = (verb: string) => act.change.mutate({ method: "POST", path: `/jobs/${id}/${verb}` });
  return (
    <Loaded query={query}>
      {(job) => (
        <Page
          title={job.kind}
          actions={
            may && (
              <>
                {(job.state === "waiting" || job.state === "running") && (
                  <Button variant="default" onClick={() => post("cancel")}>
                    {t("jobs.cancel")}
                  </Button>
                )}
                {(job.state === "failed" || job.state === "cancelled") && (
                  <Button onClick={() => post("retry")}>{t("jobs.retry")}</Button>
                )}
              </>
            )
          }
        >
          <ProblemAlert error={act.error} />
          <Group gap="lg" role="status">
            <JobStateView job={job} />
            {isLive && <Fact>{t("jobs.live")}</Fact>}
          </Group>
          {job.error !== null && (
            <Alert color="red" title={t("jobs.error")}>
              <Text size="sm" className="wraps">
                {job.error}
              </Text>
            </Alert>
          )}
          <Stack gap={4}>
            <Fact>
              {t("edit.made")}: <Time at={job.createdAt} /> · {t("jobs.runAt")}:{" "}
              <Time at={job.runAt} />
            </Fact>
            <Fact>
              {t("jobs.started")}: <Time at={job.startedAt} /> · {t("jobs.finished")}:{" "}
              <Time at={job.finishedAt} /> · {t("jobs.attempts")}:{" "}
              {`${job.attempts} / ${job.maxAttempts}`}
            </Fact>
          </Stack>
          <Section title={t("jobs.logs")}>
            <Logs logs={job.logs} />
          </Section>
          <Section title={t("jobs.payload")}>
            <Code block className="wraps" tabIndex={0}>
              {JSON.stringify(job.payload, null, 2)}
            </Code>
          </Section>
          {act.dialog}
        </Page>
      )}
    </Loaded>
  );
}
