import { Button, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { useSessionStep } from "../api/session.ts";
import type { SessionState } from "../api/types.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";

/** For accounts whose password somebody else has chosen. */
export function NewPassword() {
  const { t } = useTranslation();
  const [oldPassword, setOld] = useState("");
  const [newPassword, setNew] = useState("");
  const [again, setAgain] = useState("");
  const change = useSessionStep((given: object) =>
    call<SessionState>("POST", "/session/password", given),
  );
  const differ = again !== "" && again !== newPassword;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (newPassword === again) change.mutate({ oldPassword, newPassword });
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={2} size="h3">
          {t("newPassword.title")}
        </Title>
        <Text size="sm">{t("newPassword.intro")}</Text>
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
        <Button type="submit" loading={change.isPending} disabled={differ}>
          {t("newPassword.submit")}
        </Button>
      </Stack>
    </form>
  );
}
