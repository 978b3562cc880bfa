import { Anchor, Card, Center, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery, useSignOut } from "../api/session.ts";
import type { Enrolled } from "../api/types.ts";
import { Enrolment } from "../sign-in/enrolment.tsx";
import { FirstStep } from "../sign-in/first-step.tsx";
import { NewPassword } from "../sign-in/new-password.tsx";
import { RecoveryCodes } from "../sign-in/recovery-codes.tsx";
import { SecondStep } from "../sign-in/second-step.tsx";
import { Preferences } from "../ui/preferences.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";

interface Props {
  readonly to: string;
  /** Code of what went wrong at a provider. */
  readonly error: string | undefined;
}

/** The way out for whoever came in under the wrong name, or has no factor at hand. */
function StartOver({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Stack gap="xs" align="center">
      <Text size="sm">{t("signIn.as", { name })}</Text>
      <Anchor component="button" size="sm" onClick={() => signOut.mutate()}>
        {t("signIn.startOver")}
      </Anchor>
      <ProblemAlert error={signOut.error} />
    </Stack>
  );
}

/** Signing in, step by step, as far as the session still owes something. */
export function SignIn({ to, error }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  // Codes are told once: the page waits for the reader, whatever becomes of the session meanwhile.
  const [codes, setCodes] = useState<readonly string[]>();
  useDocumentTitle(`${t("signIn.title")} · ${t("app.name")}`);
  const state = session?.state;
  const isDone = state === "active" && codes === undefined;
  useEffect(() => {
    if (isDone) void navigate({ href: to, replace: true });
  }, [isDone, to, navigate]);

  const refresh = () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  const enrolled = ({ recoveryCodes }: Enrolled) =>
    recoveryCodes === null ? refresh() : setCodes(recoveryCodes);
  const kept = () => {
    setCodes(undefined);
    refresh();
  };

  function step() {
    if (codes !== undefined) return <RecoveryCodes codes={codes} onKept={kept} />;
    if (session === null || session === undefined) return <FirstStep to={to} error={error} />;
    switch (session.state) {
      case "owes-factor":
        return <SecondStep session={session} />;
      case "owes-enrolment":
        return <Enrolment onDone={enrolled} />;
      case "owes-password":
        return <NewPassword name={session.user.name} />;
      case "active":
        return null;
    }
  }

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
          {step()}
        </Card>
        {session && codes === undefined && <StartOver name={session.user.name} />}
        {session === null && (
          <Anchor
            ta="center"
            size="sm"
            renderRoot={(props) => <Link {...props} to="/repositories" />}
          >
            {t("signIn.visit")}
          </Anchor>
        )}
        <Group justify="center">
          <Preferences />
        </Group>
      </Stack>
    </Center>
  );
}
