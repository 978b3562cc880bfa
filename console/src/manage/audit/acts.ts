import { useTranslation } from "react-i18next";
import type { en } from "../../i18n/en.ts";

type ActKey = keyof typeof en.acts;

/** What was done, as people say it; its name for what is newer than these words. */
export function useActWords(): (action: string) => string {
  const { t, i18n } = useTranslation();
  return (action) => {
    const key = action.replace(/\W/g, "_") as ActKey;
    return i18n.exists(`acts.${key}`) ? t(`acts.${key}`) : action;
  };
}
