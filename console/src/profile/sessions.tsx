import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import type { Page, Session } from "../api/types.ts";
import { Entries, Entry, Fact } from "../ui/entry.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { Time } from "../ui/time.tsx";
import { deviceOf } from "./device.ts";
import { useOriginName } from "./origin.ts";

interface Props {
  readonly session: Session;
  readonly onEnd: () => void;
}

function SessionEntry({ session, onEnd }: Props) {
  const { t } = useTranslation();
  const originName = useOriginName();
  const device = deviceOf(session.userAgent);
  const name =
    device === undefined ? t("sessions.otherDevice") : t("sessions.device", { ...device });
  const end = (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={`${t("sessions.end")}: ${name}`}
      onClick={onEnd}
    >
      {t("sessions.end")}
    </Button>
  );
  return (
    <Entry
      name={name}
      exact={session.userAgent ?? undefined}
      badge={session.current ? t("sessions.current") : undefined}
      action={session.current ? undefined : end}
    >
      <Fact>
        {session.address} · {originName(session.provider)}
      </Fact>
      <Fact>
        {t("sessions.since")}: <Time at={session.createdAt} /> · {t("sessions.seen")}:{" "}
        <Time at={session.lastSeenAt} />
      </Fact>
    </Entry>
  );
}

/** Where the reader is signed in. */
export function SessionsTab() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["sessions"],
    queryFn: () => call<Page<Session>>("GET", "/me/sessions"),
  });
  const end = useMutation({
    mutationFn: (id: string | undefined) =>
      call("DELETE", id === undefined ? "/me/sessions" : `/me/sessions/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Stack align="flex-start">
          <Text>{t("sessions.intro")}</Text>
          <ProblemAlert error={end.error} />
          <Entries label={t("profile.sessions")}>
            {items.map((session) => (
              <SessionEntry
                key={session.id}
                session={session}
                onEnd={() => end.mutate(session.id)}
              />
            ))}
          </Entries>
          {items.length > 1 && (
            <Button variant="default" onClick={() => end.mutate(undefined)}>
              {t("sessions.endOthers")}
            </Button>
          )}
          {end.isSuccess && <Text role="status">{t("sessions.ended")}</Text>}
        </Stack>
      )}
    </Loaded>
  );
}
