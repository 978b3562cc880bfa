import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { hasPasskeys, showPasskey } from "../api/passkey.ts";
import { useSessionStep } from "../api/session.ts";
import type { SessionState } from "../api/types.ts";
import { PasswordField } from "./password-field.tsx";
import { ProblemAlert } from "./problem-alert.tsx";

/** What is typed, the most usual first. */
const TYPED = ["password", "totp", "recovery"] as const;
type Typed = (typeof TYPED)[number];

const INSTEAD = {
  password: "factor.usePassword",
  totp: "factor.useTotp",
  recovery: "factor.useRecovery",
} as const;

interface Props {
  readonly methods: readonly string[];
  /** A second factor to finish signing in, or any proof to confirm. */
  readonly to: "factor" | "confirm";
  readonly onShown?: () => void;
}

/** Shows one proof of who the reader is, of the kinds that count. */
export function ProofForm({ methods, to, onShown }: Props) {
  const { t } = useTranslation();
  const kinds = TYPED.filter((each) => methods.includes(each));
  const [chosen, setChosen] = useState<Typed>();
  const [text, setText] = useState("");
  const show = useSessionStep((given: object) =>
    call<SessionState>("POST", `/session/${to}`, given),
  );
  const passkey = useSessionStep(() => showPasskey(to));
  const kind = chosen ?? kinds[0];

  function submit(event: FormEvent): void {
    event.preventDefault();
    passkey.reset();
    const given = kind === "password" ? { kind, password: text } : { kind, code: text.trim() };
    show.mutate(given, { onSuccess: () => onShown?.(), onSettled: () => setText("") });
  }

  function choose(other: Typed): void {
    setChosen(other);
    setText("");
    show.reset();
  }

  const field = {
    required: true,
    withAsterisk: false,
    autoFocus: true,
    "data-autofocus": true,
    value: text,
    onChange: (event: { currentTarget: HTMLInputElement }) => setText(event.currentTarget.value),
  };
  return (
    <Stack>
      {methods.includes("passkey") && hasPasskeys() && (
        <Button
          variant="default"
          loading={passkey.isPending}
          onClick={() => {
            show.reset();
            passkey.mutate(undefined, { onSuccess: () => onShown?.() });
          }}
        >
          {t("factor.usePasskey")}
        </Button>
      )}
      {kind !== undefined && (
        <form onSubmit={submit}>
          <Stack>
            {kind === "password" ? (
              <PasswordField
                key={kind}
                label={t("factor.password")}
                autoComplete="current-password"
                {...field}
              />
            ) : (
              <TextInput
                key={kind}
                label={t(`factor.${kind}`)}
                name="code"
                inputMode={kind === "totp" ? "numeric" : "text"}
                autoComplete="one-time-code"
                autoCapitalize="none"
                spellCheck={false}
                {...field}
              />
            )}
            <ProblemAlert error={show.error} />
            <Button type="submit" loading={show.isPending}>
              {t("factor.submit")}
            </Button>
          </Stack>
        </form>
      )}
      <ProblemAlert error={passkey.error} />
      {kinds
        .filter((each) => each !== kind)
        .map((each) => (
          <Anchor key={each} component="button" size="sm" onClick={() => choose(each)}>
            {t(INSTEAD[each])}
          </Anchor>
        ))}
    </Stack>
  );
}
