import {
  Alert,
  Button,
  Divider,
  PasswordInput,
  Select,
  Stack,
  TextInput,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { signInWithPasskey } from "../api/passkey.ts";
import { providersQuery, useSessionStep } from "../api/session.ts";
import type { SessionState } from "../api/types.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";

interface Props {
  readonly to: string;
  readonly error: string | undefined;
}

/** Name and password of any provider that takes them, a passkey, or a provider's own page. */
export function FirstStep({ to, error }: Props) {
  const { t } = useTranslation();
  const { data: providers } = useQuery(providersQuery);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [provider, setProvider] = useState<string | null>(null);
  const login = useSessionStep((given: object) => call<SessionState>("POST", "/auth/login", given));
  const passkey = useSessionStep(signInWithPasskey);
  const withPassword = providers?.items.filter(({ type }) => type !== "oidc") ?? [];
  const elsewhere = providers?.items.filter(({ type }) => type === "oidc") ?? [];

  function submit(event: FormEvent): void {
    event.preventDefault();
    login.mutate({ name, password, ...(provider === null ? {} : { provider }) });
  }

  return (
    <Stack>
      <Title order={2} size="h3">
        {t("signIn.title")}
      </Title>
      {error !== undefined && (
        <Alert color="red" role="alert">
          {t("signIn.oidcFailed", { code: error })}
        </Alert>
      )}
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("signIn.name")}
            name="username"
            autoComplete="username webauthn"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("signIn.password")}
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {withPassword.length > 1 && (
            <Select
              label={t("signIn.directory")}
              data={withPassword.map((each) => ({ value: each.name, label: each.label }))}
              value={provider}
              onChange={setProvider}
              clearable
            />
          )}
          <ProblemAlert error={login.error} />
          <Button type="submit" loading={login.isPending}>
            {t("signIn.submit")}
          </Button>
        </Stack>
      </form>
      <Divider label={t("signIn.or")} />
      {window.PublicKeyCredential !== undefined && (
        <Button
          variant="default"
          loading={passkey.isPending}
          onClick={() => passkey.mutate(undefined)}
        >
          {t("signIn.passkey")}
        </Button>
      )}
      {passkey.error !== null && <Alert color="yellow">{t("signIn.passkeyFailed")}</Alert>}
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
    </Stack>
  );
}
