import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Robot, Secret } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { Entries, Entry, Fact } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { Done, Page, Section } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { type Scope, under } from "../scope.ts";
import { StandingBadge } from "../standing-badge.tsx";
import { ToldOnce } from "../told-once.tsx";
import { EditRobot, NewSecret } from "./robot-forms.tsx";

function Secrets({ path }: { readonly path: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["robots", path, "secrets"],
    queryFn: () => call<{ items: readonly Secret[] }>("GET", `${path}/secrets`),
  });
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">{t("robots.noSecrets")}</Text>
        ) : (
          <Entries label={t("robots.secrets")}>
            {items.map((secret) => (
              <Entry key={secret.id} name={secret.name}>
                <Fact>
                  {t("edit.made")}: <Time at={secret.createdAt} /> · {t("tokens.expires")}:{" "}
                  <Time at={secret.expiresAt} /> · {t("tokens.lastUsed")}:{" "}
                  <Time at={secret.lastUsedAt} />
                  {secret.lastUsedAddress !== null && ` (${secret.lastUsedAddress})`}
                </Fact>
              </Entry>
            ))}
          </Entries>
        )
      }
    </Loaded>
  );
}

interface Props {
  readonly scope: Scope;
  readonly id: string;
}

/** One robot: its secrets, and what can be done about it. */
export function RobotPage({ scope, id }: Props) {
  const { t } = useTranslation();
  const path = under(scope, `/robots/${id}`);
  const query = useQuery({
    queryKey: ["robots", path],
    queryFn: () => call<Robot>("GET", path),
  });
  const [told, setTold] = useState<{ readonly secret: string | null }>();
  const [open, setOpen] = useState<"rotate" | "edit" | "delete">();
  const refresh = useRefresh("robots");
  const act = useAct(() => {
    setOpen(undefined);
    refresh();
  });
  const [isGone, setGone] = useState(false);
  const remove = useAct(() => {
    setOpen(undefined);
    setGone(true);
  });
  const restore = useAct(() => {
    setGone(false);
    refresh();
  });
  const may = useMay(scope)("robot:write");
  const post = (verb: string) => act.change.mutate({ method: "POST", path: `${path}/${verb}` });
  if (isGone && query.data !== undefined) {
    return (
      <Page title={query.data.name}>
        <Done words={t("settings.deleted", { name: query.data.name })} />
        <ProblemAlert error={restore.error} />
        <Group>
          <Button
            loading={restore.change.isPending}
            onClick={() => restore.change.mutate({ method: "POST", path: `${path}/restore` })}
          >
            {t("edit.undo")}
          </Button>
        </Group>
      </Page>
    );
  }
  return (
    <Loaded query={query}>
      {(robot) => (
        <Page
          title={robot.name}
          intro={robot.description ?? undefined}
          actions={
            may && (
              <>
                {robot.state === "active" && (
                  <>
                    <Button onClick={() => setOpen("rotate")}>{t("robots.rotate")}</Button>
                    <Button variant="default" onClick={() => setOpen("edit")}>
                      {t("edit.change")}
                    </Button>
                    <Button variant="default" onClick={() => post("disable")}>
                      {t("edit.disable")}
                    </Button>
                  </>
                )}
                {robot.state === "disabled" && (
                  <Button onClick={() => post("enable")}>{t("edit.enable")}</Button>
                )}
                <Button color="red" variant="light" onClick={() => setOpen("delete")}>
                  {t("edit.delete")}
                </Button>
              </>
            )
          }
        >
          <ProblemAlert error={act.error ?? remove.error} />
          <Group gap="lg">
            <StandingBadge state={robot.state} />
            <Fact>
              {t("edit.made")}: <Time at={robot.createdAt} />
            </Fact>
            <Fact>
              {t("people.lastLogin")}: <Time at={robot.lastLoginAt} />
            </Fact>
          </Group>
          <Section title={t("robots.secrets")} intro={t("robots.secretsIntro")}>
            <Stack>
              <Secrets path={path} />
            </Stack>
          </Section>
          {open === "rotate" && (
            <NewSecret
              path={path}
              onClose={() => setOpen(undefined)}
              onDone={(made) => {
                setOpen(undefined);
                setTold(made);
                refresh();
              }}
            />
          )}
          {open === "edit" && (
            <EditRobot
              path={path}
              robot={robot}
              onClose={() => setOpen(undefined)}
              onDone={() => {
                setOpen(undefined);
                refresh();
              }}
            />
          )}
          {open === "delete" && (
            <Ask
              title={t("edit.deleteTitle", { name: robot.name })}
              words={t("robots.deleteIntro")}
              yes={t("edit.delete")}
              onYes={() => {
                setOpen(undefined);
                remove.change.mutate({ method: "DELETE", path });
              }}
              onNo={() => setOpen(undefined)}
            />
          )}
          {told !== undefined && (
            <ToldOnce
              title={t("robots.secretTitle")}
              intro={t("tokens.secretIntro")}
              secret={told.secret}
              command={`docker login -u '${robot.name}' ${location.host}`}
              onClose={() => setTold(undefined)}
            />
          )}
          {act.dialog}
        </Page>
      )}
    </Loaded>
  );
}
