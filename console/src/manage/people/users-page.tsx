import { Badge, Button, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { User } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { useOriginName } from "../../profile/origin.ts";
import { Time } from "../../ui/time.tsx";
import { ChoiceFilter, TextFilter } from "../list/filters.tsx";
import { useListSearch, useMaking } from "../list/list-search.ts";
import { type ListColumn, ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useRefresh } from "../save.ts";
import { StandingBadge } from "../standing-badge.tsx";
import { ToldOnce } from "../told-once.tsx";
import { type MadeUser, NewUser } from "./new-user.tsx";

const STATES = ["active", "disabled", "deleted"] as const;

function useColumns(): readonly ListColumn<User>[] {
  const { t } = useTranslation();
  const originName = useOriginName();
  return [
    {
      id: "name",
      title: t("signIn.name"),
      sort: "name",
      isFixed: true,
      cell: ({ id, name, administrator }) => (
        <Group gap="xs">
          <Link className="link" to="/admin/users/$user" params={{ user: id }}>
            {name}
          </Link>
          {administrator && (
            <Badge variant="light" tt="none">
              {t("people.administrator")}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      id: "displayName",
      title: t("profile.displayName"),
      order: ({ displayName }) => displayName ?? "",
      cell: ({ displayName }) => displayName ?? "–",
    },
    {
      id: "origin",
      title: t("profile.origin"),
      order: ({ origin }) => origin,
      cell: ({ origin }) => originName(origin),
    },
    {
      id: "state",
      title: t("people.state"),
      order: ({ state }) => state,
      cell: ({ state }) => <StandingBadge state={state} />,
    },
    {
      id: "lastLogin",
      title: t("people.lastLogin"),
      order: ({ lastLoginAt }) => lastLoginAt ?? 0,
      cell: ({ lastLoginAt }) => <Time at={lastLoginAt} />,
    },
  ];
}

/** All accounts of people. */
export function UsersPage() {
  const { t } = useTranslation();
  const may = useMay(null);
  const { search } = useListSearch();
  const { name, state, administrator, sort } = search;
  const list = useList<User>("users", "/users", {
    name,
    state,
    administrator,
    // The server sorts names upwards alone.
    sort: sort === "name" ? sort : undefined,
  });
  const refresh = useRefresh("users");
  const columns = useColumns();
  const [isMaking, setMaking] = useMaking();
  const [told, setTold] = useState<MadeUser>();
  const act = (verb: string) => ({
    act: ({ id }: User) => call("POST", `/users/${id}/${verb}`),
  });
  return (
    <Page
      title={t("admin.users")}
      intro={t("people.usersIntro")}
      actions={
        may("user:create") && (
          <Button onClick={() => setMaking(true)}>{t("people.createUser")}</Button>
        )
      }
    >
      <ListTable
        label={t("admin.users")}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        nameOf={(user) => user.name}
        filters={
          <>
            <TextFilter name="name" label={t("list.begins")} />
            <ChoiceFilter
              name="state"
              label={t("people.state")}
              choices={STATES.map((value) => ({ value, label: t(`standing.${value}`) }))}
            />
            <ChoiceFilter
              name="administrator"
              label={t("people.administrator")}
              choices={[
                { value: "true", label: t("edit.yes") },
                { value: "false", label: t("edit.no") },
              ]}
            />
          </>
        }
        bulk={
          may("user:update")
            ? [
                {
                  label: t("edit.disable"),
                  question: t("people.disableIntro"),
                  isDangerous: true,
                  ...act("disable"),
                },
                { label: t("edit.enable"), question: t("people.enableIntro"), ...act("enable") },
              ]
            : []
        }
        onBulkDone={refresh}
        empty={<Nothing words={t("people.noUsers")} />}
      />
      {isMaking && (
        <NewUser
          onClose={() => setMaking(false)}
          onDone={(made, hasOwn) => {
            setMaking(false);
            if (!hasOwn) setTold(made);
            refresh();
          }}
        />
      )}
      {told !== undefined && (
        <ToldOnce
          title={t("people.newPassword")}
          intro={t("people.newPasswordIntro", { name: told.name })}
          secret={told.password}
          onClose={() => setTold(undefined)}
        />
      )}
    </Page>
  );
}
