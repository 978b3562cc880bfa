import { Button, Code, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RetentionPolicy } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { useMaking } from "../list/list-search.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { under } from "../scope.ts";
import { ImportPolicies } from "./import-dialog.tsx";
import { EditPolicy, NewPolicy } from "./policy-form.tsx";
import { RulesText } from "./rules-text.tsx";
import { Runs } from "./runs.tsx";

/** What a project keeps, what goes when, and what went. */
export function RetentionPage({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const may = useMay(project);
  const path = under(project, "/retention-policies");
  const list = useList<RetentionPolicy>("retention", path);
  const refresh = useRefresh("retention", "retention-runs");
  const [isMaking, setMaking] = useMaking();
  const [isImporting, setImporting] = useState(false);
  const [editing, setEditing] = useState<RetentionPolicy>();
  const [deleting, setDeleting] = useState<RetentionPolicy>();
  const [running, setRunning] = useState<RetentionPolicy>();
  const act = useAct(refresh);

  function actions(policy: RetentionPolicy) {
    const button = (words: string, onClick: () => void) => (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`${words}: ${policy.name}`}
        onClick={onClick}
      >
        {words}
      </Button>
    );
    return (
      <Group gap={4} justify="flex-end">
        {may("retention:run") && button(t("retention.run"), () => setRunning(policy))}
        {may("retention:update") && button(t("edit.change"), () => setEditing(policy))}
        {may("retention:update") && button(t("edit.delete"), () => setDeleting(policy))}
      </Group>
    );
  }

  return (
    <Page
      title={t("admin.retention")}
      intro={t("retention.intro")}
      actions={
        may("retention:update") && (
          <>
            <Button variant="default" onClick={() => setImporting(true)}>
              {t("retention.import")}
            </Button>
            <Button onClick={() => setMaking(true)}>{t("retention.create")}</Button>
          </>
        )
      }
    >
      <ProblemAlert error={act.error} />
      <ListTable
        label={t("admin.retention")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("retention.name"),
            isFixed: true,
            order: ({ name }) => name,
            cell: ({ name }) => name,
          },
          {
            id: "repositories",
            title: t("retention.repositories"),
            cell: ({ repositories }) => <Code className="wraps">{repositories.join(", ")}</Code>,
          },
          {
            id: "rules",
            title: t("retention.rules"),
            cell: ({ rules }) => <RulesText rules={rules} />,
          },
          {
            id: "next",
            title: t("retention.nextRun"),
            cell: ({ nextRunAt }) =>
              nextRunAt === null ? t("retention.byHand") : <Time at={nextRunAt} />,
          },
          { id: "actions", title: t("list.actions"), isFigure: true, cell: actions },
        ]}
        empty={<Nothing words={t("retention.none")} />}
      />
      <Runs project={project} may={may("retention:run")} />
      {isMaking && (
        <NewPolicy
          project={project}
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            refresh();
          }}
        />
      )}
      {isImporting && (
        <ImportPolicies project={project} onClose={() => setImporting(false)} onSaved={refresh} />
      )}
      {editing !== undefined && (
        <EditPolicy
          project={project}
          policy={editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            setEditing(undefined);
            refresh();
          }}
        />
      )}
      {running !== undefined && (
        <Ask
          title={t("retention.runTitle", { name: running.name })}
          words={t("retention.runIntro")}
          yes={t("retention.run")}
          onYes={() => {
            act.change.mutate({ method: "POST", path: `${path}/${running.id}/run` });
            setRunning(undefined);
          }}
          onNo={() => setRunning(undefined)}
        />
      )}
      {deleting !== undefined && (
        <Ask
          title={t("edit.deleteTitle", { name: deleting.name })}
          words={t("retention.deleteIntro")}
          yes={t("edit.delete")}
          onYes={() => {
            const { id, version } = deleting;
            act.change.mutate({ method: "DELETE", path: `${path}/${id}`, version });
            setDeleting(undefined);
          }}
          onNo={() => setDeleting(undefined)}
        />
      )}
      {act.dialog}
    </Page>
  );
}
