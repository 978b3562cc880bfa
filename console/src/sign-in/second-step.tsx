import { Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SessionState } from "../api/types.ts";
import { ProofForm } from "../ui/proof-form.tsx";

/** A code of the authenticator, a recovery code, or a passkey. */
export function SecondStep({ session }: { readonly session: SessionState }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={2} size="h3">
        {t("factor.title")}
      </Title>
      <Text size="sm">{t("factor.intro")}</Text>
      <ProofForm methods={session.methods} to="factor" />
    </Stack>
  );
}
