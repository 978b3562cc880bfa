import { useTranslation } from "react-i18next";
import { useNumber, useSize } from "../ui/figure.tsx";

/** Figures in the reader's manner: whole ones, bytes, short ones for axes, shares, times. */
export function useFigures() {
  const { i18n } = useTranslation();
  const { language } = i18n;
  const number = useNumber();
  const size = useSize();
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const few = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  return {
    number,
    size,
    short: (value: number) => short.format(value),
    percent: (value: number) => percent.format(value),
    milliseconds: (value: number) => `${few.format(value)} ms`,
  };
}
