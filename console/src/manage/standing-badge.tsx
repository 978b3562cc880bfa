import { useTranslation } from "react-i18next";
import type { Standing } from "../api/manage-types.ts";
import { State } from "../ui/state.tsx";

const COLOURS = { active: "teal", disabled: "orange", deleted: "gray" } as const;

/** Whether an account is in use: by its word, and by colour beside. */
export function StandingBadge({ state }: { readonly state: Standing }) {
  const { t } = useTranslation();
  return <State colour={COLOURS[state]} words={t(`standing.${state}`)} />;
}
