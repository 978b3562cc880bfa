import { Alert, Badge, Button, Divider, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { sessionQuery } from "../api/session.ts";
import type { Me } from "../api/types.ts";
import { type PasswordChange, usePasswordFields } from "../sign-in/new-password-fields.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { useOriginName } from "./origin.ts";

function Details({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const originName = useOriginName();
  const [displayName, setDisplayName] = useState(me.displayName ?? "");
  const [email, setEmail] = useState(me.email ?? "");
  const save = useMutation({
    mutationFn: () =>
      call("PATCH", "/me", {
        displayName: displayName.trim() || null,
        email: email.trim() || null,
      }),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["me"] }),
        client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
      ]),
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack maw={420}>
        <TextInput label={t("signIn.name")} value={me.name} readOnly />
        <TextInput
          label={t("profile.displayName")}
          autoComplete="name"
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
        />
        <TextInput
          label={t("profile.email")}
          type="email"
          autoComplete="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <ProblemAlert error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t("app.save")}
          </Button>
          {save.isSuccess && <Text role="status">{t("app.saved")}</Text>}
        </Group>
        <Group gap="xs">
          <Text size="sm">{t("profile.groups")}:</Text>
          {me.groups.length === 0 && <Text size="sm">{t("profile.noGroups")}</Text>}
          {me.groups.map((group) => (
            <Badge key={group.id} variant="light" tt="none">
              {group.name}
            </Badge>
          ))}
        </Group>
        <Text size="sm">
          {t("profile.origin")}: {originName(me.origin)}
        </Text>
      </Stack>
    </form>
  );
}

function ChangePassword({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const typed = usePasswordFields(name);
  const change = useMutation({
    mutationFn: (given: PasswordChange) => call("PUT", "/me/password", given),
    onSuccess: () => {
      typed.clear();
      void client.invalidateQueries({ queryKey: ["sessions"] });
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (typed.change !== undefined) change.mutate(typed.change);
  }

  return (
    <form onSubmit={submit}>
      <Stack maw={420}>
        <Title order={2} size="h4">
          {t("profile.password")}
        </Title>
        {typed.fields}
        <ProblemAlert error={change.error} />
        {change.isSuccess && (
          <Alert color="green" role="status">
            {t("newPassword.done")}
          </Alert>
        )}
        <Button type="submit" loading={change.isPending} style={{ alignSelf: "flex-start" }}>
          {t("newPassword.submit")}
        </Button>
      </Stack>
    </form>
  );
}

/** Who the reader is, and their password where it is kept here. */
export function AccountTab() {
  const query = useQuery({ queryKey: ["me"], queryFn: () => call<Me>("GET", "/me") });
  return (
    <Loaded query={query}>
      {(me) => (
        <Stack gap="xl">
          <Details me={me} />
          {me.origin === "local" && (
            <>
              <Divider />
              <ChangePassword name={me.name} />
            </>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
