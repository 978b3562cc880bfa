import { useTranslation } from "react-i18next";
import type { Project } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Time } from "../../ui/time.tsx";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useWayOut } from "../trash/use-way-out.tsx";
import { WayOut } from "../trash/way-out.tsx";

/** Projects that were deleted and can still be had back. */
export function DeletedProjects() {
  const { t } = useTranslation();
  const may = useMay(null);
  const list = useList<Project>("deleted-projects", "/deleted-projects");
  const { restore, empty, shown } = useWayOut("deleted-projects", "projects");
  const lying = ({ id, name }: Project) => ({ name, path: `/deleted-projects/${id}` });
  return (
    <Page title={t("admin.deleted")} intro={t("settings.deletedIntro")}>
      {shown}
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
            cell: (row) => (
              <WayOut
                name={row.name}
                onRestore={may("project:create") ? () => restore(lying(row)) : undefined}
                onEmpty={may("trash:empty") ? () => empty(lying(row)) : undefined}
              />
            ),
          },
        ]}
        empty={<Nothing words={t("settings.noneDeleted")} />}
      />
    </Page>
  );
}
