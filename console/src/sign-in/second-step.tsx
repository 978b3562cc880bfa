import { Anchor, Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { showPasskey } from "../api/passkey.ts";
import { useSessionStep } from "../api/session.ts";
import type { SessionState } from "../api/types.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";

type Kind = "totp" | "recovery";

/** A code of the authenticator, a recovery code, or a passkey. */
export function SecondStep({ session }: { readonly session: SessionState }) {
  const { t } = useTranslation();
  const { factors } = session;
  const [kind, setKind] = useState<Kind>(factors.totp ? "totp" : "recovery");
  const [code, setCode] = useState("");
  const show = useSessionStep((given: object) =>
    call<SessionState>("POST", "/session/factor", given),
  );
  const passkey = useSessionStep(() => showPasskey("factor"));
  const other: Kind = kind === "totp" ? "recovery" : "totp";

  function submit(event: FormEvent): void {
    event.preventDefault();
    show.mutate({ kind, code: code.trim() }, { onSettled: () => setCode("") });
  }

  return (
    <Stack>
      <Title order={2} size="h3">
        {t("factor.title")}
      </Title>
      <Text size="sm">{t("factor.intro")}</Text>
      {factors.passkeys > 0 && (
        <Button
          variant="default"
          loading={passkey.isPending}
          onClick={() => passkey.mutate(undefined)}
        >
          {t("factor.usePasskey")}
        </Button>
      )}
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t(`factor.${kind}`)}
            name="code"
            inputMode={kind === "totp" ? "numeric" : "text"}
            autoComplete="one-time-code"
            required
            autoFocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <ProblemAlert error={show.error ?? passkey.error} />
          <Button type="submit" loading={show.isPending}>
            {t("factor.submit")}
          </Button>
        </Stack>
      </form>
      {(other === "recovery" || factors.totp) && (
        <Anchor component="button" size="sm" onClick={() => setKind(other)}>
          {t(other === "recovery" ? "factor.useRecovery" : "factor.useTotp")}
        </Anchor>
      )}
    </Stack>
  );
}
