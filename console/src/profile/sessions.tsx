import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { providersQuery } from "../api/session.ts";
import type { Page, Session } from "../api/types.ts";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { Time } from "../ui/time.tsx";
import { deviceOf } from "./device.ts";

/** Where the reader is signed in. */
export function SessionsTab() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["sessions"],
    queryFn: () => call<Page<Session>>("GET", "/me/sessions"),
  });
  const providers = useQuery(providersQuery);
  const end = useMutation({
    mutationFn: (id: string | undefined) =>
      call("DELETE", id === undefined ? "/me/sessions" : `/me/sessions/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const nameOf = ({ userAgent }: Session) => {
    const device = deviceOf(userAgent);
    return device === undefined ? t("sessions.unknownDevice") : t("sessions.device", { ...device });
  };
  const waysOf = ({ provider }: Session) =>
    provider === "passkey"
      ? t("factors.kind.passkey")
      : (providers.data?.items.find(({ name }) => name === provider)?.label ?? provider);
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Stack>
          <Text>{t("sessions.intro")}</Text>
          <ProblemAlert error={end.error} />
          {items.map((session) => (
            <Card key={session.id} withBorder>
              <Group justify="space-between">
                <Stack gap={2} style={{ flex: 1, minWidth: 200 }}>
                  <Group gap="xs">
                    <Text fw={600} title={session.userAgent ?? undefined}>
                      {nameOf(session)}
                    </Text>
                    {session.current && <Badge tt="none">{t("sessions.current")}</Badge>}
                  </Group>
                  <Text size="sm" c="dimmed">
                    {session.address} · {waysOf(session)} · {t("sessions.since")}{" "}
                    <Time at={session.createdAt} /> · {t("sessions.seen")}{" "}
                    <Time at={session.lastSeenAt} />
                  </Text>
                </Stack>
                {!session.current && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={`${t("sessions.end")}: ${nameOf(session)}`}
                    onClick={() => end.mutate(session.id)}
                  >
                    {t("sessions.end")}
                  </Button>
                )}
              </Group>
            </Card>
          ))}
          {end.isSuccess && <Text role="status">{t("sessions.ended")}</Text>}
          {items.length > 1 && (
            <Button
              variant="default"
              style={{ alignSelf: "flex-start" }}
              onClick={() => end.mutate(undefined)}
            >
              {t("sessions.endOthers")}
            </Button>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
