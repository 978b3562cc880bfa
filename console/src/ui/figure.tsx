import { useTranslation } from "react-i18next";
import { byteNumber, plainNumber, SIZE_UNITS } from "./formats.ts";

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
    while (value >= 1_000 && unit < SIZE_UNITS.length - 1) {
      value /= 1_000;
      unit += 1;
    }
    return byteNumber(i18n.language, unit, value < 10 && unit > 0 ? 1 : 0).format(value);
  };
}
