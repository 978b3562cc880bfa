import { useTranslation } from "react-i18next";
import { plainNumber } from "./formats.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

/** A number in the manner of the reader's language. */
export function useNumber(): (value: number) => string {
  const { i18n } = useTranslation();
  return (value) => plainNumber(i18n.language).format(value);
}

/** Bytes in the largest unit that leaves a figure of one or more, by thousands. */
export function useSize(): (bytes: number) => string {
  const { i18n } = useTranslation();
  return (bytes) => {
    let value = bytes;
    let unit = 0;
    while (value >= 1_000 && unit < UNITS.length - 1) {
      value /= 1_000;
      unit += 1;
    }
    return new Intl.NumberFormat(i18n.language, {
      style: "unit",
      unit: UNITS[unit] ?? "byte",
      unitDisplay: unit === 0 ? "long" : "short",
      maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
    }).format(value);
  };
}
