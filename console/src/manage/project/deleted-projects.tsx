import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Done, Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";

/** Projects that were deleted and can still be had back. */
export function DeletedProjects() {
  const { t } = useTranslation();
  const may = useMay(null)("project:create");
  const list = useList<Project>("deleted-projects", "/deleted-projects");
  const refresh = useRefresh("deleted-projects", "projects");
  const [said, setSaid] = useState("");
  const restore = useAct<Project>(({ name }) => {
    setSaid(t("settings.restored", { name }));
    refresh();
  });
  return (
    <Page title={t("admin.deleted")} intro={t("settings.deletedIntro")}>
      <Done words={said} />
      <ProblemAlert error={restore.error} />
      <ListTable
        label={t("admin.deleted")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("members.name"),
            isFixed: true,
            order: ({ name }) => name,
            cell: ({ name }) => name,
          },
          {
            id: "description",
            title: t("edit.description"),
            cell: ({ description }) => description ?? "–",
          },
          {
            id: "deleted",
            title: t("settings.deletedAt"),
            order: ({ deletedAt }) => deletedAt ?? 0,
            cell: ({ deletedAt }) => <Time at={deletedAt} />,
          },
          {
            id: "actions",
            title: t("list.actions"),
            isFigure: true,
            cell: ({ id, name }) =>
              may && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t("edit.restore")}: ${name}`}
                  onClick={() => {
                    const path = `/deleted-projects/${id}/restore`;
                    restore.change.mutate({ method: "POST", path });
                  }}
                >
                  {t("edit.restore")}
                </Button>
              ),
          },
        ]}
        empty={<Nothing words={t("settings.noneDeleted")} />}
      />
      {restore.dialog}
    </Page>
  );
}
