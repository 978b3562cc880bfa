import { Button, Divider, Select, Stack, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { hasPasskeys, signInWithPasskey } from "../api/passkey.ts";
import { providersQuery, useSessionStep } from "../api/session.ts";
import type { SessionState } from "../api/types.ts";
import { PasswordField } from "../ui/password-field.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { ProviderError } from "./provider-error.tsx";

interface Props {
  readonly to: string;
  readonly error: string | undefined;
}

/** Name and password of any provider that takes them, a passkey, or a provider's own page. */
export function FirstStep({ to, error }: Props) {
  const { t } = useTranslation();
  const providers = useQuery(providersQuery);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [provider, setProvider] = useState<string | null>(null);
  const login = useSessionStep((given: object) => call<SessionState>("POST", "/auth/login", given));
  const passkey = useSessionStep(signInWithPasskey);
  const all = providers.data?.items ?? [];
  const withPassword = all.filter(({ type }) => type !== "oidc");
  const elsewhere = all.filter(({ type }) => type === "oidc");

  function submit(event: FormEvent): void {
    event.preventDefault();
    passkey.reset();
    const given = { name: name.trim(), password, ...(provider === null ? {} : { provider }) };
    login.mutate(given, { onError: () => setPassword("") });
  }

  return (
    <Stack>
      <Title order={2} size="h3">
        {t("signIn.title")}
      </Title>
      {error !== undefined && <ProviderError code={error} />}
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("signIn.name")}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordField
            label={t("signIn.password")}
            name="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {withPassword.length > 1 && (
            <Select
              label={t("signIn.directory")}
              placeholder={t("signIn.anyDirectory")}
              data={withPassword.map((each) => ({ value: each.name, label: each.label }))}
              value={provider}
              onChange={setProvider}
              clearable
              clearButtonProps={{ "aria-label": t("app.clear") }}
            />
          )}
          <ProblemAlert error={login.error} />
          <Button type="submit" loading={login.isPending}>
            {t("signIn.submit")}
          </Button>
        </Stack>
      </form>
      {(hasPasskeys() || elsewhere.length > 0) && <Divider label={t("signIn.or")} />}
      {hasPasskeys() && (
        <Button
          variant="default"
          loading={passkey.isPending}
          onClick={() => {
            login.reset();
            passkey.mutate(undefined);
          }}
        >
          {t("signIn.passkey")}
        </Button>
      )}
      <ProblemAlert error={passkey.error} />
      {elsewhere.map((each) => (
        <Button
          key={each.name}
          variant="default"
          component="a"
          href={`/api/v1/auth/oidc/${encodeURIComponent(each.name)}/begin?returnTo=${encodeURIComponent(to)}`}
        >
          {t("signIn.with", { label: each.label })}
        </Button>
      ))}
      <ProblemAlert error={providers.error} />
    </Stack>
  );
}
