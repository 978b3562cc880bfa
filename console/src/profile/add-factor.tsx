import { Button, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { addPasskey } from "../api/passkey.ts";
import type { Enrolled, Factor, TotpOffer } from "../api/types.ts";
import { TotpSetup } from "../sign-in/totp-setup.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { useConfirmed } from "../ui/step-up.tsx";
import { deviceOf } from "./device.ts";

interface Props {
  readonly kind: Factor["kind"];
  readonly onClose: () => void;
  readonly onDone: (enrolled: Enrolled) => void;
}

/** Names a new factor and sets it up. */
export function AddFactor({ kind, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const device = deviceOf(navigator.userAgent);
  const [name, setName] = useState<string>(
    kind === "passkey" && device !== undefined
      ? t("sessions.device", { ...device })
      : t(`factors.kind.${kind}`),
  );
  const [offer, setOffer] = useState<TotpOffer>();
  const totp = useConfirmed(
    (given: string) => call<TotpOffer>("POST", "/me/factors/totp", { name: given }),
    setOffer,
  );
  const passkey = useConfirmed(addPasskey, onDone);
  const add = kind === "totp" ? totp : passkey;

  function submit(event: FormEvent): void {
    event.preventDefault();
    add.change.mutate(name.trim());
  }

  return (
    <Dialog
      onClose={onClose}
      closesOutside={false}
      title={kind === "totp" ? t("enrol.addTotp") : t("enrol.addPasskey")}
    >
      {offer !== undefined ? (
        <TotpSetup offer={offer} onDone={onDone} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {kind === "passkey" && <Text size="sm">{t("enrol.passkeyIntro")}</Text>}
            <TextInput
              label={t("enrol.name")}
              required
              maxLength={64}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <ProblemAlert error={add.error} />
            <Button type="submit" loading={add.change.isPending}>
              {t("factor.submit")}
            </Button>
          </Stack>
        </form>
      )}
      {add.dialog}
    </Dialog>
  );
}
