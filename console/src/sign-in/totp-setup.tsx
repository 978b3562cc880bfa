import { Button, Code, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { encode } from "uqr";
import { call } from "../api/client.ts";
import type { Enrolled, TotpOffer } from "../api/types.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { useConfirmed } from "../ui/step-up.tsx";

/** A QR code as one path, dark on white in every colour scheme: phones want it so. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={200}
      height={200}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

interface Props {
  readonly offer: TotpOffer;
  readonly onDone: (enrolled: Enrolled) => void;
}

/** An authenticator app gets its key; its first code proves that it has it. */
export function TotpSetup({ offer, onDone }: Props) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const confirm = useConfirmed(
    (first: string) =>
      call<Enrolled>("POST", `/me/factors/totp/${offer.id}/confirm`, { code: first }),
    onDone,
  );

  function submit(event: FormEvent): void {
    event.preventDefault();
    confirm.change.mutate(code.trim());
  }

  return (
    <Stack>
      <Text size="sm">{t("enrol.totpIntro")}</Text>
      <QrCode text={offer.uri} label={t("enrol.qrCode")} />
      <Text size="sm">{t("enrol.secret")}</Text>
      <Code block data-testid="totp-secret">
        {offer.secret.replace(/(.{4})/g, "$1 ").trim()}
      </Code>
      <CopyButton text={offer.secret} />
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("enrol.code")}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            autoFocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <ProblemAlert error={confirm.error} />
          <Button type="submit" loading={confirm.change.isPending}>
            {t("enrol.confirm")}
          </Button>
        </Stack>
      </form>
      {confirm.dialog}
    </Stack>
  );
}
