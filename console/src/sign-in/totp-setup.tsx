import { Button, Code, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { encode } from "uqr";
import { call } from "../api/client.ts";
import { ProblemAlert } from "../ui/problem-alert.tsx";

interface Begun {
  readonly id: string;
  readonly secret: string;
  readonly uri: string;
}

/** A QR code as one path, dark on white in every colour scheme: phones want it so. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width={200} height={200} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** Adds an authenticator app: its key, then the first code as proof. */
export function TotpSetup({
  onDone,
}: {
  readonly onDone: (codes: readonly string[] | null) => void;
}) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const begun = useQuery({
    queryKey: ["totp-setup"],
    queryFn: () => call<Begun>("POST", "/me/factors/totp", { name: t("factors.kind.totp") }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const confirm = useMutation({
    mutationFn: () =>
      call<{ recoveryCodes: readonly string[] | null }>(
        "POST",
        `/me/factors/totp/${begun.data?.id}/confirm`,
        { code: code.trim() },
      ),
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    confirm.mutate();
  }

  return (
    <Stack>
      <Text size="sm">{t("enrol.totpIntro")}</Text>
      <ProblemAlert error={begun.error} />
      {begun.data !== undefined && (
        <>
          <QrCode text={begun.data.uri} label={t("enrol.totp")} />
          <Text size="sm">{t("enrol.secret")}</Text>
          <Code block>{begun.data.secret.replace(/(.{4})/g, "$1 ").trim()}</Code>
          <form onSubmit={submit}>
            <Stack>
              <TextInput
                label={t("enrol.code")}
                inputMode="numeric"
                autoComplete="one-time-code"
                required
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
              <ProblemAlert error={confirm.error} />
              <Button type="submit" loading={confirm.isPending}>
                {t("enrol.confirm")}
              </Button>
            </Stack>
          </form>
        </>
      )}
    </Stack>
  );
}
