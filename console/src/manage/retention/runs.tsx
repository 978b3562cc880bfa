import { Badge, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useNumber, useSize } from "../../ui/figure.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { useAct, useRefresh } from "../save.ts";
import { under } from "../scope.ts";
import { Items } from "./items.tsx";
import type { Item, Run } from "./use-preview.ts";

const SHOWN = 20;
const POLL = 1_500;

const isOpen = ({ state }: Run) => state === "waiting" || state === "running";

/** What a run deleted, what it left and what was spared, and why. */
function Report({ project, run, onClose }: { project: string; run: Run; onClose: () => void }) {
  const { t } = useTranslation();
  const path = under(project, `/retention-runs/${run.id}/items`);
  const found = useInfiniteQuery({
    // What it had done when somebody looked is not what it did in the end.
    queryKey: ["retention-items", path, run.state],
    queryFn: ({ pageParam }) =>
      call<Page<Item>>("GET", `${path}?limit=50${pageParam === "" ? "" : `&cursor=${pageParam}`}`),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: isOpen(run) ? POLL : false,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog title={t("retention.reportOf", { policy: run.policyName })} onClose={onClose} isWide>
      <Stack>
        {run.error !== null && <Text>{run.error}</Text>}
        <ProblemAlert error={found.error} />
        {found.isSuccess && items.length === 0 && <Text c="dimmed">{t("retention.nothing")}</Text>}
        {items.length > 0 && (
          <Items label={t("retention.report")} items={items} rules={run.rules} />
        )}
        {found.hasNextPage && (
          <Button
            variant="default"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            {t("retention.showMore")}
          </Button>
        )}
      </Stack>
    </Dialog>
  );
}

interface RowProps {
  readonly run: Run;
  readonly onShow: () => void;
  readonly onCancel: (() => void) | undefined;
}

function RunRow({ run, onShow, onCancel }: RowProps) {
  const { t } = useTranslation();
  const number = useNumber();
  const size = useSize();
  const { policyName, createdAt, state, tags, manifests, left, bytes } = run;
  const figures = {
    tags: number(tags.gone),
    manifests: number(manifests.gone),
    left: number(left),
  };
  return (
    <Table.Tr>
      <Table.Td>{policyName}</Table.Td>
      <Table.Td>
        <Time at={createdAt} />
      </Table.Td>
      <Table.Td>
        <Badge variant="light">{t(`retention.states.${state}`)}</Badge>
      </Table.Td>
      <Table.Td>{t("retention.figures", figures)}</Table.Td>
      <Table.Td>{size(bytes)}</Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          {onCancel !== undefined && (
            <Button size="compact-sm" variant="default" onClick={onCancel}>
              {t("app.cancel")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${t("retention.report")}: ${policyName}`}
            onClick={onShow}
          >
            {t("retention.report")}
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** What the policies of a project did last. */
export function Runs({ project, may }: { readonly project: string; readonly may: boolean }) {
  const { t } = useTranslation();
  const [shownId, setShown] = useState<string>();
  const act = useAct(useRefresh("retention-runs"));
  const path = under(project, "/retention-runs");
  const runs = useQuery({
    queryKey: ["retention-runs", path],
    queryFn: () => call<Page<Run>>("GET", `${path}?limit=${SHOWN}`),
    refetchInterval: ({ state }) => (state.data?.items.some(isOpen) === true ? POLL : false),
  });
  const shown = runs.data?.items.find(({ id }) => id === shownId);
  return (
    <section aria-label={t("retention.runs")}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("retention.runs")}
        </Title>
        <ProblemAlert error={act.error} />
        <Loaded query={runs}>
          {({ items }) =>
            items.length === 0 ? (
              <Text c="dimmed">{t("retention.noRuns")}</Text>
            ) : (
              <Table.ScrollContainer minWidth={640}>
                <Table aria-label={t("retention.runs")}>
                  <Table.Thead>
                    <Table.Tr>
                      {(["policy", "started", "state", "deleted", "bytes"] as const).map((key) => (
                        <Table.Th key={key}>{t(`retention.${key}`)}</Table.Th>
                      ))}
                      <Table.Th>{t("list.actions")}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((run) => (
                      <RunRow
                        key={run.id}
                        run={run}
                        onShow={() => setShown(run.id)}
                        onCancel={
                          may && isOpen(run)
                            ? () =>
                                act.change.mutate({
                                  method: "POST",
                                  path: `${path}/${run.id}/cancel`,
                                })
                            : undefined
                        }
                      />
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </Loaded>
      </Stack>
      {shown !== undefined && (
        <Report project={project} run={shown} onClose={() => setShown(undefined)} />
      )}
      {act.dialog}
    </section>
  );
}
