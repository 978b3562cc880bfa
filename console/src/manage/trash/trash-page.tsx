import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { useMay } from "../../api/rights.ts";
import { useNumber } from "../../ui/figure.tsx";
import { Time } from "../../ui/time.tsx";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useWayOut } from "./use-way-out.tsx";
import { WayOut } from "./way-out.tsx";

const POLL = 5_000;

type Deleted = Schemas["DeletedRepository"];

/** Repositories of a project that were deleted. */
export function TrashPage({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const may = useMay(project);
  const number = useNumber();
  const at = `/projects/${encodeURIComponent(project)}/deleted-repositories`;
  // What is being removed gets less while one looks.
  const list = useList<Deleted>("deleted-repositories", at, {}, { poll: POLL });
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
            cell: ({ name, isNameFree, goingSince, artifacts }) => (
              <>
                {name}
                {goingSince !== null ? (
                  <Text size="xs" c="dimmed">
                    {t("trash.going", { count: artifacts })}
                  </Text>
                ) : (
                  !isNameFree && (
                    <Text size="xs" c="dimmed">
                      {t("trash.taken")}
                    </Text>
                  )
                )}
              </>
            ),
          },
          {
            id: "deleted",
            title: t("trash.deleted"),
            cell: ({ deletedAt }) => <Time at={deletedAt} />,
          },
          {
            id: "tags",
            title: t("browse.tags"),
            isFigure: true,
            cell: ({ tags }) => number(tags),
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
            cell: (row) =>
              row.goingSince === null && (
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
