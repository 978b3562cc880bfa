import { Button, Code, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImmutabilityRule } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { useMaking } from "../list/list-search.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { under } from "../scope.ts";
import { EditRule, NewRule } from "./rule-form.tsx";

/** Which tags of a project can be neither moved nor removed. */
export function ImmutabilityPage({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const may = useMay(project)("immutability:write");
  const path = under(project, "/immutability-rules");
  const list = useList<ImmutabilityRule>("immutability", path);
  // Lists of tags say by which rule they are immutable.
  const refresh = useRefresh("immutability", "tags");
  const [isMaking, setMaking] = useMaking();
  const [editing, setEditing] = useState<ImmutabilityRule>();
  const [deleting, setDeleting] = useState<ImmutabilityRule>();
  const act = useAct(refresh);

  function actions(rule: ImmutabilityRule) {
    const common = { size: "compact-sm", variant: "default" } as const;
    return (
      <Group gap={4} justify="flex-end">
        <Button
          {...common}
          aria-label={`${t("edit.change")}: ${rule.name}`}
          onClick={() => setEditing(rule)}
        >
          {t("edit.change")}
        </Button>
        <Button
          {...common}
          aria-label={`${t("edit.delete")}: ${rule.name}`}
          onClick={() => setDeleting(rule)}
        >
          {t("edit.delete")}
        </Button>
      </Group>
    );
  }

  return (
    <Page
      title={t("admin.immutability")}
      intro={t("immutability.intro")}
      actions={may && <Button onClick={() => setMaking(true)}>{t("immutability.create")}</Button>}
    >
      <ProblemAlert error={act.error} />
      <ListTable
        label={t("admin.immutability")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("immutability.name"),
            isFixed: true,
            order: ({ name }) => name,
            cell: ({ name }) => name,
          },
          {
            id: "repositories",
            title: t("immutability.repositories"),
            cell: ({ repositories }) => <Code className="wraps">{repositories}</Code>,
          },
          {
            id: "tags",
            title: t("immutability.tags"),
            cell: ({ tags }) => <Code className="wraps">{tags}</Code>,
          },
          {
            id: "except",
            title: t("immutability.exceptTags"),
            cell: ({ exceptTags }) =>
              exceptTags.length > 0 && <Code className="wraps">{exceptTags.join(", ")}</Code>,
          },
          {
            id: "actions",
            title: t("list.actions"),
            isFigure: true,
            cell: (rule) => may && actions(rule),
          },
        ]}
        empty={<Nothing words={t("immutability.none")} />}
      />
      {isMaking && (
        <NewRule
          project={project}
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            refresh();
          }}
        />
      )}
      {editing !== undefined && (
        <EditRule
          project={project}
          rule={editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            setEditing(undefined);
            refresh();
          }}
        />
      )}
      {deleting !== undefined && (
        <Ask
          title={t("edit.deleteTitle", { name: deleting.name })}
          words={t("immutability.deleteIntro")}
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
