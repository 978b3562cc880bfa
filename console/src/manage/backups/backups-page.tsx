import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Done, Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { DrillReport, Verdict } from "./drill.tsx";
import { BackupFigures } from "./state.tsx";

type Backup = Schemas["Backup"];
type State = Schemas["BackupState"];

const POLL = 3_000;

interface ListProps {
  readonly mayChange: boolean;
  readonly onVerify: (backup: Backup) => void;
  readonly onDelete: (backup: Backup) => void;
  readonly onReport: (backup: Backup) => void;
}

function BackupList({ mayChange, onVerify, onDelete, onReport }: ListProps) {
  const { t } = useTranslation();
  const { number, size } = useFigures();
  const list = useList<Backup>("backups", "/backups", {}, { poll: POLL });
  return (
    <ListTable
      label={t("backups.list")}
      list={list}
      keyOf={({ id }) => id}
      nameOf={({ id }) => id}
      columns={[
        {
          id: "taken",
          title: t("backups.taken"),
          isFixed: true,
          cell: ({ id, takenAt }) => (
            <>
              <Time at={takenAt} />
              <Text size="xs" c="dimmed">
                {id}
              </Text>
            </>
          ),
        },
        {
          id: "content",
          title: t("backups.content"),
          cell: ({ blobs, bytes }) => `${size(bytes)} · ${t("backups.blobs", { count: blobs })}`,
        },
        { id: "copied", title: t("backups.copied"), cell: ({ copiedBytes }) => size(copiedBytes) },
        {
          id: "damaged",
          title: t("backups.damaged"),
          cell: ({ damaged }) => (damaged === 0 ? "–" : <Text fw={700}>{number(damaged)}</Text>),
        },
        {
          id: "drill",
          title: t("backups.drill"),
          cell: (backup) =>
            backup.drill === null ? (
              t("backups.noDrill")
            ) : (
              <Group gap="xs">
                <Verdict verdict={backup.drill.verdict} />
                <Button size="compact-xs" variant="subtle" onClick={() => onReport(backup)}>
                  {t("backups.report")}
                </Button>
              </Group>
            ),
        },
        {
          id: "actions",
          title: t("backups.actions"),
          cell: (backup) =>
            mayChange && (
              <Group gap="xs">
                <Button size="compact-sm" variant="default" onClick={() => onVerify(backup)}>
                  {t("backups.verify")}
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => onDelete(backup)}>
                  {t("backups.delete")}
                </Button>
              </Group>
            ),
        },
      ]}
      empty={<Nothing words={t("backups.none")} />}
    />
  );
}

/** What is backed up, when, and whether it could be restored. */
export function BackupsPage() {
  const { t } = useTranslation();
  const mayChange = useMay(null)("backup:write");
  const refresh = useRefresh("backups");
  const [said, setSaid] = useState("");
  const [words, setWords] = useState("");
  const [leaving, setLeaving] = useState<Backup>();
  const [shown, setShown] = useState<Backup>();
  const act = useAct(() => {
    setSaid(words);
    refresh();
  });
  const state = useQuery({
    queryKey: ["backups", "state"],
    queryFn: () => call<State>("GET", "/backup"),
    refetchInterval: POLL,
  });
  const send = (method: "POST" | "DELETE", path: string, then: string) => {
    setSaid("");
    setWords(then);
    act.change.mutate({ method, path });
  };
  const isOn = state.data?.isConfigured === true;
  return (
    <Page
      title={t("admin.backups")}
      intro={t("backups.intro")}
      actions={
        mayChange &&
        isOn && (
          <Button onClick={() => send("POST", "/backups", t("backups.begun"))}>
            {t("backups.make")}
          </Button>
        )
      }
    >
      <ProblemAlert error={act.error} />
      <Done words={said} />
      <Loaded query={state}>{(data) => <BackupFigures state={data} />}</Loaded>
      {isOn && (
        <BackupList
          mayChange={mayChange}
          onVerify={({ id }) => send("POST", `/backups/${id}/verify`, t("backups.verifying"))}
          onDelete={setLeaving}
          onReport={setShown}
        />
      )}
      {leaving !== undefined && (
        <Ask
          title={t("backups.deleteTitle")}
          words={t("backups.deleteWords")}
          yes={t("backups.delete")}
          onNo={() => setLeaving(undefined)}
          onYes={() => {
            send("DELETE", `/backups/${leaving.id}`, t("backups.deleted"));
            setLeaving(undefined);
          }}
        />
      )}
      {shown?.drill != null && (
        <DrillReport drill={shown.drill} onClose={() => setShown(undefined)} />
      )}
      {act.dialog}
    </Page>
  );
}
