import { Badge, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { ProjectUsage, QuotaLimits } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { ProjectLink } from "../../browse/links.tsx";
import { useSize } from "../../ui/figure.tsx";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useRefresh } from "../save.ts";
import { under } from "../scope.ts";
import { LimitsForm } from "./limits-form.tsx";
import { quotaQuery } from "./quota-query.ts";

interface Closing {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function ChangeProject({ name, ...rest }: Closing & { readonly name: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(quotaQuery(name));
  if (data === undefined) return null;
  const { limits, version } = data;
  const title = t("quota.changeTitle", { name });
  return (
    <LimitsForm
      title={title}
      path={under(name, "/quota")}
      limits={limits}
      version={version}
      {...rest}
    />
  );
}

function ChangeDefaults(rest: Closing) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["quota-defaults"],
    queryFn: () => call<QuotaLimits>("GET", "/quota-defaults"),
  });
  if (data === undefined) return null;
  return <LimitsForm title={t("quota.defaults")} path="/quota-defaults" limits={data} {...rest} />;
}

/** Every project by what it uses; its limits, and those of projects to come. */
export function QuotasPage() {
  const { t } = useTranslation();
  const size = useSize();
  const may = useMay(null)("quota:write");
  const list = useList<ProjectUsage>("quotas", "/quotas");
  const refresh = useRefresh("quotas", "quota", "quota-defaults");
  const [changing, setChanging] = useState<string>();
  const [isDefaults, setDefaults] = useState(false);
  const close = () => {
    setChanging(undefined);
    setDefaults(false);
  };
  const done = () => {
    close();
    refresh();
  };
  return (
    <Page
      title={t("admin.quotas")}
      intro={t("quota.adminIntro")}
      actions={
        may && (
          <Button variant="default" onClick={() => setDefaults(true)}>
            {t("quota.defaults")}
          </Button>
        )
      }
    >
      <ListTable
        label={t("admin.quotas")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("members.name"),
            isFixed: true,
            cell: ({ name }) => <ProjectLink name={name} />,
          },
          {
            id: "used",
            title: t("quota.used"),
            isFigure: true,
            cell: ({ bytes }) => size(bytes),
          },
          {
            id: "limit",
            title: t("quota.limit"),
            isFigure: true,
            cell: ({ limit }) => (limit === null ? t("quota.unlimited") : size(limit)),
          },
          {
            id: "warn",
            title: t("quota.warnFrom"),
            isFigure: true,
            cell: ({ warn }) => (warn === null ? "–" : size(warn)),
          },
          {
            id: "level",
            title: t("quota.level"),
            cell: ({ level }) => (
              <Badge
                variant="dot"
                color={{ free: "teal", warn: "orange", full: "red" }[level]}
                tt="none"
              >
                {t(`quota.levels.${level}`)}
              </Badge>
            ),
          },
          {
            id: "actions",
            title: t("list.actions"),
            isFigure: true,
            cell: ({ name }) =>
              may && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t("quota.change")}: ${name}`}
                  onClick={() => setChanging(name)}
                >
                  {t("quota.change")}
                </Button>
              ),
          },
        ]}
        empty={<Nothing words={t("quota.noProjects")} />}
      />
      {changing !== undefined && <ChangeProject name={changing} onClose={close} onDone={done} />}
      {isDefaults && <ChangeDefaults onClose={close} onDone={done} />}
    </Page>
  );
}
