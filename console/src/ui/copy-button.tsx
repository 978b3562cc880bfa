import { useClipboard } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

interface Props {
  readonly text: string;
  /** What it copies, where the text does not stand beside it. */
  readonly label?: string;
}

/** Copies a text, in each row of a table too: so a plain element. Where the browser has no clipboard (plain HTTP) there is no button. */
export function CopyButton({ text, label }: Props) {
  const { t } = useTranslation();
  const { copy, copied } = useClipboard({ timeout: 2_000 });
  if (!window.isSecureContext) return null;
  return (
    <button
      type="button"
      className="copy"
      onClick={() => copy(text)}
      aria-label={copied ? undefined : label}
      aria-live="polite"
    >
      {copied ? t("app.copied") : t("app.copy")}
    </button>
  );
}
