import { useTranslation } from "react-i18next";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Numbers in the reader's manner. */
export function useFigures() {
  const { i18n } = useTranslation();
  const { language } = i18n;
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const few = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  return {
    number: (value: number) => whole.format(value),
    short: (value: number) => short.format(value),
    percent: (value: number) => percent.format(value),
    milliseconds: (value: number) => `${few.format(value)} ms`,
    size(bytes: number): string {
      const power = bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3);
      const unit = Math.min(Math.max(power, 0), UNITS.length - 1);
      return `${few.format(bytes / 1_000 ** unit)} ${UNITS[unit]}`;
    },
  };
}
