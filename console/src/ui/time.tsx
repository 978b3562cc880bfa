import { useTranslation } from "react-i18next";
import { fullTime, shortTime } from "./formats.ts";

/** A moment in the reader's own zone and manner; the exact one on hovering. */
export function Time({ at }: { readonly at: number | null }) {
  const { t, i18n } = useTranslation();
  if (at === null) return <span>{t("app.never")}</span>;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={fullTime(i18n.language).format(date)}>
      {shortTime(i18n.language).format(date)}
    </time>
  );
}
