import { Button, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call, Problem } from "../api/client.ts";
import { showPasskey } from "../api/passkey.ts";
import { sessionQuery, useSessionStep } from "../api/session.ts";
import type { SessionState } from "../api/types.ts";
import { ProblemAlert } from "./problem-alert.tsx";

/** A change that may ask for a fresh proof first; `dialog` belongs into the page. */
export function useConfirmed<A, R>(work: (given: A) => Promise<R>, onDone: (result: R) => void) {
  const [waiting, setWaiting] = useState<{ readonly given: A }>();
  const change = useMutation<R, Error, A>({
    mutationFn: work,
    onSuccess: onDone,
    onError: (error, given) => {
      if (error instanceof Problem && error.code === "session.step_up_needed")
        setWaiting({ given });
    },
  });
  const confirmed = () => {
    if (waiting === undefined) return;
    setWaiting(undefined);
    change.mutate(waiting.given);
  };
  const dialog = waiting !== undefined && (
    <StepUp onConfirmed={confirmed} onCancel={() => setWaiting(undefined)} />
  );
  const isAsking =
    change.error instanceof Problem && change.error.code === "session.step_up_needed";
  return { change, dialog, error: isAsking ? null : change.error };
}

interface Props {
  readonly onConfirmed: () => void;
  readonly onCancel: () => void;
}

function StepUp({ onConfirmed, onCancel }: Props) {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const [text, setText] = useState("");
  const confirm = useSessionStep((given: object) =>
    call<SessionState>("POST", "/session/confirm", given),
  );
  const passkey = useSessionStep(() => showPasskey("confirm"));
  const methods = session?.methods ?? [];
  const kind = (["password", "totp", "recovery"] as const).find((each) => methods.includes(each));

  function submit(event: FormEvent): void {
    event.preventDefault();
    const given = kind === "password" ? { kind, password: text } : { kind, code: text.trim() };
    confirm.mutate(given, { onSuccess: onConfirmed });
  }

  return (
    <Modal
      opened
      onClose={onCancel}
      title={t("factor.confirmTitle")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t("factor.confirmIntro")}</Text>
          {methods.includes("passkey") && (
            <Button
              variant="default"
              loading={passkey.isPending}
              onClick={() => passkey.mutate(undefined, { onSuccess: onConfirmed })}
            >
              {t("factor.usePasskey")}
            </Button>
          )}
          {methods.includes("sign-in") && <Text size="sm">{t("factor.signInAgain")}</Text>}
          {(kind === "totp" || kind === "recovery") && (
            <TextInput
              label={t(`factor.${kind}`)}
              inputMode={kind === "totp" ? "numeric" : "text"}
              autoComplete="one-time-code"
              required
              data-autofocus
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          {kind === "password" && (
            <PasswordInput
              label={t("factor.password")}
              autoComplete="current-password"
              required
              data-autofocus
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <ProblemAlert error={confirm.error ?? passkey.error} />
          {kind !== undefined && (
            <Button type="submit" loading={confirm.isPending}>
              {t("factor.submit")}
            </Button>
          )}
        </Stack>
      </form>
    </Modal>
  );
}
