import { Button, Group, Menu, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { sessionQuery } from "../../api/session.ts";
import { Ask } from "../../ui/ask.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Done } from "../page.tsx";
import { type Act, useAct, useRefresh } from "../save.ts";
import { ToldOnce } from "../told-once.tsx";
import { EditUser } from "./edit-user.tsx";

/** What is asked about before it is done. */
const QUESTIONS = ["password", "sessions", "factors", "delete", "promote", "demote"] as const;
type Question = (typeof QUESTIONS)[number];

function actOf(question: Question, { id, version }: User): Act {
  const path = `/users/${id}`;
  switch (question) {
    case "password":
      return { method: "PUT", path: `${path}/password`, body: { mustChange: true } };
    case "sessions":
      return { method: "DELETE", path: `${path}/sessions` };
    case "factors":
      return { method: "DELETE", path: `${path}/factors` };
    case "delete":
      return { method: "DELETE", path };
    case "promote":
    case "demote": {
      const body = { administrator: question === "promote" };
      return { method: "PUT", path: `${path}/administrator`, body, version };
    }
  }
}

/** The buttons of an account's page. */
export function UserActions({ user }: { readonly user: User }) {
  const { t } = useTranslation();
  const may = useMay(null);
  const { data: session } = useQuery(sessionQuery);
  const [asking, setAsking] = useState<Question>();
  const [isEditing, setEditing] = useState(false);
  const [told, setTold] = useState<{ readonly password: string | null }>();
  const [said, setSaid] = useState("");
  const refresh = useRefresh("users");
  const act = useAct<{ password?: string | null } | undefined>((result) => {
    if (result?.password !== undefined) setTold({ password: result.password });
    else setSaid(t("edit.done"));
    refresh();
  });
  const isMe = session?.user.id === user.id;
  const isHere = user.state !== "deleted";
  const post = (verb: string) =>
    act.change.mutate({ method: "POST", path: `/users/${user.id}/${verb}` });
  const offered = QUESTIONS.filter((each) => {
    if (each === "password") return user.origin === "local";
    if (each === "promote") return !user.administrator && may("system:update");
    if (each === "demote") return user.administrator && may("system:update");
    return each !== "delete" || (!isMe && may("user:delete"));
  });
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {isHere && (
          <Button variant="default" onClick={() => setEditing(true)}>
            {t("edit.change")}
          </Button>
        )}
        {user.state === "active" && !isMe && (
          <Button variant="default" onClick={() => post("disable")}>
            {t("edit.disable")}
          </Button>
        )}
        {user.state === "disabled" && (
          <Button onClick={() => post("enable")}>{t("edit.enable")}</Button>
        )}
        {!isHere && may("user:delete") && (
          <Button onClick={() => post("restore")}>{t("edit.restore")}</Button>
        )}
        {isHere && offered.length > 0 && (
          <Menu position="bottom-end" withinPortal={false}>
            <Menu.Target>
              <Button variant="default">{t("people.more")}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              {offered.map((each) => (
                <Menu.Item
                  key={each}
                  {...(each === "delete" ? { color: "red" } : {})}
                  onClick={() => setAsking(each)}
                >
                  {t(`people.acts.${each}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      <ProblemAlert error={act.error} />
      <Done words={said} />
      {isEditing && (
        <EditUser
          user={user}
          onClose={() => setEditing(false)}
          onDone={() => {
            setEditing(false);
            refresh();
          }}
        />
      )}
      {asking !== undefined && (
        <Ask
          title={`${t(`people.acts.${asking}`)}: ${user.name}`}
          words={t(`people.actsIntro.${asking}`)}
          yes={t(`people.acts.${asking}`)}
          onYes={() => {
            setSaid("");
            act.change.mutate(actOf(asking, user));
            setAsking(undefined);
          }}
          onNo={() => setAsking(undefined)}
        />
      )}
      {told !== undefined && (
        <ToldOnce
          title={t("people.newPassword")}
          intro={t("people.newPasswordIntro", { name: user.name })}
          secret={told.password}
          onClose={() => setTold(undefined)}
        />
      )}
      {act.dialog}
    </Stack>
  );
}
