import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { useMay } from "../../api/rights.ts";
import { Time } from "../../ui/time.tsx";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useWayOut } from "./use-way-out.tsx";
import { WayOut } from "./way-out.tsx";

type Deleted = Schemas["DeletedRepository"];

/** Repositories of a project that were deleted. */
export function TrashPage({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const may = useMay(project);
  const at = `/projects/${encodeURIComponent(project)}/deleted-repositories`;
  const list = useList<Deleted>("deleted-repositories", at);
  const { restore, empty, shown } = useWayOut("deleted-repositories", "repositories");
  const lying = ({ id, name }: Deleted) => ({ name, path: `${at}/${id}` });
  return (
    <Page title={t("trash.title")} intro={t("trash.intro")}>
      {shown}
      <ListTable
        label={t("trash.repositories")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("dash.repository"),
            isFixed: true,
            cell: ({ name, isNameFree }) => (
              <>
                {name}
                {!isNameFree && (
                  <Text size="xs" c="dimmed">
                    {t("trash.taken")}
                  </Text>
                )}
              </>
            ),
          },
          {
            id: "deleted",
            title: t("trash.deleted"),
            cell: ({ deletedAt }) => <Time at={deletedAt} />,
          },
          { id: "by", title: t("trash.by"), cell: ({ deletedBy }) => deletedBy?.name ?? "–" },
          {
            id: "kept",
            title: t("trash.kept"),
            cell: ({ keptUntil }) => <Time at={keptUntil} />,
          },
          {
            id: "actions",
            title: t("list.actions"),
            isFigure: true,
            cell: (row) => (
              <WayOut
                name={row.name}
                onRestore={
                  may("trash:restore") && row.isNameFree ? () => restore(lying(row)) : undefined
                }
                onEmpty={may("trash:empty") ? () => empty(lying(row)) : undefined}
              />
            ),
          },
        ]}
        empty={<Nothing words={t("trash.none")} />}
      />
    </Page>
  );
}
