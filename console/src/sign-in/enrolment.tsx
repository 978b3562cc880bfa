import { Button, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addPasskey } from "../api/passkey.ts";
import { sessionQuery } from "../api/session.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { TotpSetup } from "./totp-setup.tsx";

/** For those whose role needs a second factor and who have none yet. */
export function Enrolment() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [way, setWay] = useState<"choose" | "totp">("choose");
  const [codes, setCodes] = useState<readonly string[]>();
  const refresh = () => client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  const done = (made: readonly string[] | null) =>
    made === null ? void refresh() : setCodes(made);
  const passkey = useMutation({
    mutationFn: () => addPasskey(t("factors.kind.passkey")),
    onSuccess: ({ recoveryCodes }) => done(recoveryCodes),
  });
  if (codes !== undefined) return <RecoveryCodes codes={codes} onKept={() => void refresh()} />;
  return (
    <Stack>
      <Title order={2} size="h3">
        {t("enrol.title")}
      </Title>
      <Text size="sm">{t("enrol.intro")}</Text>
      {way === "totp" ? (
        <TotpSetup onDone={done} />
      ) : (
        <>
          {window.PublicKeyCredential !== undefined && (
            <Button loading={passkey.isPending} onClick={() => passkey.mutate()}>
              {t("enrol.addPasskey")}
            </Button>
          )}
          <Button variant="default" onClick={() => setWay("totp")}>
            {t("enrol.addTotp")}
          </Button>
          <ProblemAlert error={passkey.error} />
        </>
      )}
    </Stack>
  );
}
