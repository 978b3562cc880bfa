import { Anchor, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Robot, Told } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Time } from "../../ui/time.tsx";
import { ChoiceFilter, TextFilter } from "../list/filters.tsx";
import { useListSearch, useMaking } from "../list/list-search.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useRefresh } from "../save.ts";
import { type Scope, under } from "../scope.ts";
import { StandingBadge } from "../standing-badge.tsx";
import { ToldOnce } from "../told-once.tsx";
import { NewRobot } from "./robot-forms.tsx";

const STATES = ["active", "disabled", "deleted"] as const;

function RobotLink({ scope, robot }: { readonly scope: Scope; readonly robot: Robot }) {
  const { id, name, state } = robot;
  // It has no page until it is restored.
  if (state === "deleted") return name;
  return scope === null ? (
    <Anchor
      renderRoot={(props) => <Link {...props} to="/admin/robots/$robot" params={{ robot: id }} />}
    >
      {name}
    </Anchor>
  ) : (
    <Anchor
      renderRoot={(props) => (
        <Link
          {...props}
          to="/projects/$project/robots/$robot"
          params={{ project: scope, robot: id }}
        />
      )}
    >
      {name}
    </Anchor>
  );
}

/** Accounts of machines, of a project or of the whole installation. */
export function RobotsPage({ scope }: { readonly scope: Scope }) {
  const { t } = useTranslation();
  const may = useMay(scope)("robot:write");
  const { search } = useListSearch();
  const { name, state } = search;
  const path = under(scope, "/robots");
  const list = useList<Robot>("robots", path, { name, state });
  const refresh = useRefresh("robots");
  const [isMaking, setMaking] = useMaking();
  const [told, setTold] = useState<Told<Robot>>();
  return (
    <Page
      title={t("admin.robots")}
      intro={t("robots.intro")}
      actions={may && <Button onClick={() => setMaking(true)}>{t("robots.create")}</Button>}
    >
      <ListTable
        label={t("admin.robots")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={(robot) => robot.name}
        columns={[
          {
            id: "name",
            title: t("members.name"),
            isFixed: true,
            order: (robot) => robot.name,
            cell: (robot) => <RobotLink scope={scope} robot={robot} />,
          },
          {
            id: "description",
            title: t("edit.description"),
            cell: ({ description }) => description ?? "–",
          },
          {
            id: "state",
            title: t("people.state"),
            order: (robot) => robot.state,
            cell: (robot) => <StandingBadge state={robot.state} />,
          },
          {
            id: "lastLogin",
            title: t("people.lastLogin"),
            order: ({ lastLoginAt }) => lastLoginAt ?? 0,
            cell: ({ lastLoginAt }) => <Time at={lastLoginAt} />,
          },
        ]}
        filters={
          <>
            <TextFilter name="name" label={t("list.begins")} />
            <ChoiceFilter
              name="state"
              label={t("people.state")}
              choices={STATES.map((value) => ({ value, label: t(`standing.${value}`) }))}
            />
          </>
        }
        bulk={
          may
            ? [
                {
                  label: t("edit.disable"),
                  question: t("people.disableIntro"),
                  isDangerous: true,
                  act: ({ id }) => call("POST", `${path}/${id}/disable`),
                },
                {
                  label: t("edit.enable"),
                  question: t("people.enableIntro"),
                  act: ({ id }) => call("POST", `${path}/${id}/enable`),
                },
                {
                  label: t("edit.restore"),
                  question: t("people.enableIntro"),
                  act: ({ id }) => call("POST", `${path}/${id}/restore`),
                },
              ]
            : []
        }
        onBulkDone={refresh}
        empty={<Nothing words={t("robots.none")} />}
      />
      {isMaking && (
        <NewRobot
          scope={scope}
          onClose={() => setMaking(false)}
          onDone={(made) => {
            setMaking(false);
            setTold(made);
            refresh();
          }}
        />
      )}
      {told !== undefined && (
        <ToldOnce
          title={t("robots.secretTitle")}
          intro={t("tokens.secretIntro")}
          secret={told.secret}
          command={`docker login -u '${told.name}' ${location.host}`}
          onClose={() => setTold(undefined)}
        />
      )}
    </Page>
  );
}
