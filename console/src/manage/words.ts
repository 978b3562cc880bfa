import { useTranslation } from "react-i18next";
import type { Words } from "../api/manage-types.ts";

/** Picks the reader's language of what the server says in both. */
export function useWords(): (words: Words) => string {
  const { i18n } = useTranslation();
  return (words) => (i18n.language.startsWith("zh") ? words.zh : words.en);
}
