import { Anchor, Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Group } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Time } from "../../ui/time.tsx";
import { TextFilter } from "../list/filters.tsx";
import { useListSearch, useMaking } from "../list/list-search.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useRefresh } from "../save.ts";
import { NewGroup } from "./group-form.tsx";

/** All groups of users and robots. */
export function GroupsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay(null)("group:create");
  const { search } = useListSearch();
  const list = useList<Group>("groups", "/groups", { name: search.name });
  const refresh = useRefresh("groups");
  const [isMaking, setMaking] = useMaking();
  return (
    <Page
      title={t("admin.groups")}
      intro={t("groups.intro")}
      actions={may && <Button onClick={() => setMaking(true)}>{t("groups.create")}</Button>}
    >
      <ListTable
        label={t("admin.groups")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("members.name"),
            isFixed: true,
            order: ({ name }) => name,
            cell: ({ id, name }) => (
              <Anchor
                renderRoot={(props) => (
                  <Link {...props} to="/admin/groups/$group" params={{ group: id }} />
                )}
              >
                {name}
              </Anchor>
            ),
          },
          {
            id: "description",
            title: t("edit.description"),
            cell: ({ description }) => description ?? "–",
          },
          {
            id: "made",
            title: t("edit.made"),
            order: ({ createdAt }) => createdAt,
            cell: ({ createdAt }) => <Time at={createdAt} />,
          },
        ]}
        filters={<TextFilter name="name" label={t("list.begins")} />}
        empty={<Nothing words={t("groups.none")} />}
      />
      {isMaking && (
        <NewGroup
          onClose={() => setMaking(false)}
          onDone={({ id }) => {
            refresh();
            void navigate({ to: "/admin/groups/$group", params: { group: id } });
          }}
        />
      )}
    </Page>
  );
}
