import {
  Alert,
  Badge,
  Button,
  Divider,
  Group,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { sessionQuery } from "../api/session.ts";
import type { Me } from "../api/types.ts";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";

function Details({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [displayName, setDisplayName] = useState(me.displayName ?? "");
  const [email, setEmail] = useState(me.email ?? "");
  const save = useMutation({
    mutationFn: () =>
      call("PATCH", "/me", { displayName: displayName || null, email: email || null }),
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
          {t("profile.origin")}: {me.origin}
        </Text>
      </Stack>
    </form>
  );
}

function ChangePassword() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [oldPassword, setOld] = useState("");
  const [newPassword, setNew] = useState("");
  const [again, setAgain] = useState("");
  const differ = again !== "" && again !== newPassword;
  const change = useMutation({
    mutationFn: () => call("PUT", "/me/password", { oldPassword, newPassword }),
    onSuccess: () => {
      setOld("");
      setNew("");
      setAgain("");
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (newPassword === again) change.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack maw={420}>
        <Title order={2} size="h4">
          {t("profile.password")}
        </Title>
        <PasswordInput
          label={t("newPassword.old")}
          autoComplete="current-password"
          required
          value={oldPassword}
          onChange={(event) => setOld(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("newPassword.fresh")}
          autoComplete="new-password"
          required
          value={newPassword}
          onChange={(event) => setNew(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("newPassword.again")}
          autoComplete="new-password"
          required
          error={differ && t("newPassword.differ")}
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
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
              <ChangePassword />
            </>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
