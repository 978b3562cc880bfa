import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import type { Job, JobSchedule } from "../../api/run-types.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { useAct, useRefresh } from "../save.ts";
import { PlainTable } from "./plain-table.tsx";

/** What runs by the clock; each can be run at once. */
export function Schedules() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay(null)("system:update");
  const query = useQuery({
    queryKey: ["jobs", "schedules"],
    queryFn: () => call<{ items: readonly JobSchedule[] }>("GET", "/job-schedules"),
    refetchInterval: 30_000,
  });
  const refresh = useRefresh("jobs");
  const run = useAct<Job>(({ id }) => {
    refresh();
    void navigate({ to: "/admin/jobs/$job", params: { job: id } });
  });
  return (
    <Stack>
      <ProblemAlert error={run.error} />
      <Loaded query={query}>
        {({ items }) => (
          <PlainTable
            isText
            label={t("jobs.schedules")}
            head={[
              t("jobs.schedule"),
              t("jobs.clock"),
              t("jobs.next"),
              t("jobs.last"),
              t("list.actions"),
            ]}
            rows={items.map(({ name, cron, timeZone, nextAt, lastAt }) => ({
              key: name,
              cells: [
                name,
                <Text key="cron" size="sm" ff="monospace">{`${cron} ${timeZone}`}</Text>,
                <Time key="next" at={nextAt} />,
                <Time key="last" at={lastAt} />,
                may && (
                  <Button
                    key="run"
                    size="compact-sm"
                    variant="default"
                    aria-label={`${t("jobs.run")}: ${name}`}
                    onClick={() =>
                      run.change.mutate({
                        method: "POST",
                        path: `/job-schedules/${encodeURIComponent(name)}/run`,
                      })
                    }
                  >
                    {t("jobs.run")}
                  </Button>
                ),
              ],
            }))}
          />
        )}
      </Loaded>
      {run.dialog}
    </Stack>
  );
}
