import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { Figure, Figures } from "../figure-card.tsx";
import { useFigures } from "../figures.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Section } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import type { IntegrityState, Scrub } from "./integrity-types.ts";

const POLL = 5_000;

/** How it stands with everything that is stored. */
export function Standing({ state }: { readonly state: IntegrityState }) {
  const { t } = useTranslation();
  const { number, size } = useFigures();
  const { last, open, schedule, bytesPerSecond } = state;
  const count = open.missing + open.wrong_size + open.corrupt + open.unreadable;
  return (
    <Figures isWide>
      <Figure label={t("integrity.last")} value={<Time at={last?.finishedAt ?? null} />} />
      <Figure label={t("integrity.open")} value={number(count)} />
      <Figure
        label={t("integrity.schedule")}
        value={schedule === null ? t("integrity.scheduleNever") : <code>{`${schedule} UTC`}</code>}
      />
      <Figure
        label={t("integrity.rate")}
        value={bytesPerSecond === null ? t("integrity.unlimited") : size(bytesPerSecond)}
      />
    </Figures>
  );
}

interface CurrentProps {
  readonly scrub: Scrub;
  readonly mayChange: boolean;
}

/** The scrub of everything that is under way. */
export function CurrentScrub({ scrub, mayChange }: CurrentProps) {
  const { t } = useTranslation();
  const { size, number } = useFigures();
  const act = useAct(useRefresh("integrity"));
  const { id, bytes, totalBytes, damaged, unreadable, state } = scrub;
  const all = Math.max(bytes, totalBytes);
  const step = (name: string) =>
    act.change.mutate({ method: "POST", path: `/integrity/scrubs/${id}/${name}` });
  const other = state === "paused" ? "resume" : "pause";
  return (
    <Section
      title={`${t("integrity.current")}: ${t(`integrity.states.${state}`)}`}
      actions={
        mayChange && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => step(other)}>
              {t(`integrity.${other}`)}
            </Button>
            <Button size="xs" variant="default" onClick={() => step("cancel")}>
              {t("integrity.cancel")}
            </Button>
          </Group>
        )
      }
    >
      <ProblemAlert error={act.error} />
      <Progress
        value={all === 0 ? 100 : (100 * bytes) / all}
        aria-label={t("integrity.progress")}
      />
      <Text size="sm" c="dimmed">
        {t("integrity.read", { done: size(bytes), all: size(all) })}
        {" · "}
        {t("integrity.found", { damaged: number(damaged), unreadable: number(unreadable) })}
      </Text>
      {act.dialog}
    </Section>
  );
}

/** Scrubs, the newest first. */
export function Scrubs() {
  const { t } = useTranslation();
  const { size, number } = useFigures();
  const list = useList<Scrub>("integrity", "/integrity/scrubs", {}, { poll: POLL });
  return (
    <Stack gap="sm" miw={0}>
      <ListTable
        label={t("integrity.scrubs")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ id }) => id}
        columns={[
          {
            id: "scope",
            title: t("integrity.scope"),
            isFixed: true,
            cell: ({ repository, digest }) => repository ?? digest ?? t("integrity.everything"),
          },
          {
            id: "state",
            title: t("people.state"),
            cell: ({ state }) => t(`integrity.states.${state}`),
          },
          {
            id: "bytes",
            title: t("integrity.bytes"),
            isFigure: true,
            cell: ({ bytes }) => size(bytes),
          },
          {
            id: "result",
            title: t("integrity.result"),
            cell: ({ damaged, unreadable }) =>
              t("integrity.found", { damaged: number(damaged), unreadable: number(unreadable) }),
          },
          {
            id: "started",
            title: t("integrity.begun"),
            cell: ({ startedAt }) => <Time at={startedAt} />,
          },
          {
            id: "ended",
            title: t("integrity.ended"),
            cell: ({ finishedAt }) => (finishedAt === null ? "–" : <Time at={finishedAt} />),
          },
          {
            id: "by",
            title: t("integrity.by"),
            cell: ({ startedBy }) => startedBy?.name ?? t("integrity.bySchedule"),
          },
        ]}
        empty={<Nothing words={t("integrity.noScrubs")} />}
      />
    </Stack>
  );
}
