import { Card, Center, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/session.ts";
import { Enrolment } from "../sign-in/enrolment.tsx";
import { FirstStep } from "../sign-in/first-step.tsx";
import { NewPassword } from "../sign-in/new-password.tsx";
import { SecondStep } from "../sign-in/second-step.tsx";
import { Preferences } from "../ui/preferences.tsx";

interface Props {
  readonly to: string;
  /** Code of what went wrong at a provider. */
  readonly error: string | undefined;
}

/** Signing in, step by step, as far as the session still owes something. */
export function SignIn({ to, error }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const state = session?.state;
  useEffect(() => {
    if (state === "active") void navigate({ href: to, replace: true });
  }, [state, to, navigate]);
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w="100%" maw={420}>
        <Group justify="center" gap="sm">
          <img src="/favicon.svg" alt="" width={40} height={40} />
          <div>
            <Title order={1} size="h2">
              {t("app.name")}
            </Title>
            <Text size="sm" c="dimmed">
              {t("app.tagline")}
            </Text>
          </div>
        </Group>
        <Card withBorder padding="lg">
          {state === undefined && <FirstStep to={to} error={error} />}
          {state === "owes-factor" && session && <SecondStep session={session} />}
          {state === "owes-enrolment" && <Enrolment />}
          {state === "owes-password" && <NewPassword />}
        </Card>
        <Group justify="center">
          <Preferences />
        </Group>
      </Stack>
    </Center>
  );
}
