import { Button, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { addPasskey, hasPasskeys } from "../api/passkey.ts";
import type { Enrolled, TotpOffer } from "../api/types.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { useConfirmed } from "../ui/step-up.tsx";
import { TotpSetup } from "./totp-setup.tsx";

/** For those whose role needs a second factor and who have none yet. */
export function Enrolment({ onDone }: { readonly onDone: (enrolled: Enrolled) => void }) {
  const { t } = useTranslation();
  const [offer, setOffer] = useState<TotpOffer>();
  const totp = useConfirmed(
    (name: string) => call<TotpOffer>("POST", "/me/factors/totp", { name }),
    setOffer,
  );
  const passkey = useConfirmed(addPasskey, onDone);
  return (
    <Stack>
      <Title order={2} size="h3">
        {t("enrol.title")}
      </Title>
      <Text size="sm">{t("enrol.intro")}</Text>
      {offer !== undefined ? (
        <TotpSetup offer={offer} onDone={onDone} />
      ) : (
        <>
          {hasPasskeys() && (
            <>
              <Text size="sm">{t("enrol.passkeyIntro")}</Text>
              <Button
                loading={passkey.change.isPending}
                onClick={() => passkey.change.mutate(t("factors.kind.passkey"))}
              >
                {t("enrol.addPasskey")}
              </Button>
            </>
          )}
          <Button
            variant="default"
            loading={totp.change.isPending}
            onClick={() => totp.change.mutate(t("factors.kind.totp"))}
          >
            {t("enrol.addTotp")}
          </Button>
          <ProblemAlert error={passkey.error ?? totp.error} />
        </>
      )}
      {totp.dialog}
      {passkey.dialog}
    </Stack>
  );
}
