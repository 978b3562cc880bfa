import { Badge, Button, Code, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TrustRule } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { Fact } from "../../ui/entry.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { useMaking } from "../list/list-search.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { type Scope, under } from "../scope.ts";
import { EditRule, NewRule } from "./rule-form.tsx";

/** Which outside issuers' workloads are which robots here. */
export function TrustPage({ scope }: { readonly scope: Scope }) {
  const { t } = useTranslation();
  const may = useMay(scope)("trust:write");
  const path = under(scope, "/trust-rules");
  const list = useList<TrustRule>("trust", path);
  const refresh = useRefresh("trust");
  const [isMaking, setMaking] = useMaking();
  const [editing, setEditing] = useState<TrustRule>();
  const [deleting, setDeleting] = useState<TrustRule>();
  const act = useAct(refresh);

  function actions(rule: TrustRule) {
    const { id, name, version, enabled } = rule;
    const verb = t(enabled ? "edit.disable" : "edit.enable");
    const common = { size: "compact-sm", variant: "default" } as const;
    return (
      <Group gap={4} justify="flex-end">
        <Button
          {...common}
          aria-label={`${t("edit.change")}: ${name}`}
          onClick={() => setEditing(rule)}
        >
          {t("edit.change")}
        </Button>
        <Button
          {...common}
          aria-label={`${verb}: ${name}`}
          onClick={() =>
            act.change.mutate({
              method: "PATCH",
              path: `${path}/${id}`,
              body: { enabled: !enabled },
              version,
            })
          }
        >
          {verb}
        </Button>
        <Button
          {...common}
          aria-label={`${t("edit.delete")}: ${name}`}
          onClick={() => setDeleting(rule)}
        >
          {t("edit.delete")}
        </Button>
      </Group>
    );
  }

  return (
    <Page
      title={t("admin.trust")}
      intro={t("trust.intro")}
      actions={may && <Button onClick={() => setMaking(true)}>{t("trust.create")}</Button>}
    >
      <ProblemAlert error={act.error} />
      <ListTable
        label={t("admin.trust")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("trust.name"),
            isFixed: true,
            order: ({ name }) => name,
            cell: ({ name, enabled }) => (
              <Group gap="xs">
                {name}
                {!enabled && (
                  <Badge variant="dot" color="orange" tt="none">
                    {t("standing.disabled")}
                  </Badge>
                )}
              </Group>
            ),
          },
          {
            id: "workload",
            title: t("trust.workload"),
            cell: ({ issuer, subject, condition }) => (
              <Stack gap={2}>
                <Fact>{issuer}</Fact>
                <Code className="wraps">{subject}</Code>
                {condition !== null && <Code className="wraps">{condition}</Code>}
              </Stack>
            ),
          },
          {
            id: "robot",
            title: t("trust.robot"),
            order: ({ robot }) => robot.name,
            cell: ({ robot }) => robot.name,
          },
          {
            id: "used",
            title: t("tokens.lastUsed"),
            order: ({ lastUsedAt }) => lastUsedAt ?? 0,
            cell: ({ lastUsedAt }) => <Time at={lastUsedAt} />,
          },
          {
            id: "actions",
            title: t("list.actions"),
            isFigure: true,
            cell: (rule) => may && actions(rule),
          },
        ]}
        empty={<Nothing words={t("trust.none")} />}
      />
      {isMaking && (
        <NewRule
          scope={scope}
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            refresh();
          }}
        />
      )}
      {editing !== undefined && (
        <EditRule
          scope={scope}
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
          words={t("trust.deleteIntro")}
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
