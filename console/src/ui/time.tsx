import { useTranslation } from "react-i18next";

/** A moment in the reader's own zone and manner; the exact one on hovering. */
export function Time({ at }: { readonly at: number | null }) {
  const { t, i18n } = useTranslation();
  if (at === null) return <span>{t("app.never")}</span>;
  const date = new Date(at);
  const short = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "short" });
  const full = new Intl.DateTimeFormat(i18n.language, { dateStyle: "full", timeStyle: "long" });
  return (
    <time dateTime={date.toISOString()} title={full.format(date)}>
      {short.format(date)}
    </time>
  );
}
