import { Button, Stack, Text, Title } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { useSessionStep } from "../api/session.ts";
import type { SessionState } from "../api/types.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { type PasswordChange, usePasswordFields } from "./new-password-fields.tsx";

/** For accounts whose password somebody else has chosen. */
export function NewPassword({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const typed = usePasswordFields(name);
  const change = useSessionStep((given: PasswordChange) =>
    call<SessionState>("POST", "/session/password", given),
  );

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (typed.change !== undefined) change.mutate(typed.change);
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={2} size="h3">
          {t("newPassword.title")}
        </Title>
        <Text size="sm">{t("newPassword.intro")}</Text>
        {typed.fields}
        <ProblemAlert error={change.error} />
        <Button type="submit" loading={change.isPending}>
          {t("newPassword.submit")}
        </Button>
      </Stack>
    </form>
  );
}
