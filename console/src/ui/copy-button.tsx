import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

interface Props {
  readonly text: string;
  /** What it copies, where the text does not stand beside it. */
  readonly label?: string;
}

/** Copies a text; where the browser has no clipboard (plain HTTP) there is no button. */
export function CopyButton({ text, label }: Props) {
  const { t } = useTranslation();
  const { copy, copied } = useClipboard({ timeout: 2_000 });
  if (!window.isSecureContext) return null;
  return (
    <Button
      variant="light"
      size="xs"
      onClick={() => copy(text)}
      aria-label={copied ? undefined : label}
      aria-live="polite"
      style={{ alignSelf: "flex-start" }}
    >
      {copied ? t("app.copied") : t("app.copy")}
    </Button>
  );
}
