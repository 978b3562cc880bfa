import { useTranslation } from "react-i18next";
import { useNumber, useSize } from "../ui/figure.tsx";
import { compactNumber, roughNumber, share } from "../ui/formats.ts";

/** Figures in the reader's manner: whole ones, bytes, short ones for axes, shares, times. */
export function useFigures() {
  const { i18n } = useTranslation();
  const { language } = i18n;
  const number = useNumber();
  const size = useSize();
  return {
    number,
    size,
    short: (value: number) => compactNumber(language).format(value),
    percent: (value: number) => share(language).format(value),
    milliseconds: (value: number) => `${roughNumber(language).format(value)} ms`,
  };
}
