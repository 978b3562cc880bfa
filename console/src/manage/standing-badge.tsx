import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Standing } from "../api/manage-types.ts";

const COLOURS = { active: "teal.9", disabled: "orange.9", deleted: "gray.7" } as const;

/** Whether an account is in use: by its word, and by colour beside. */
export function StandingBadge({ state }: { readonly state: Standing }) {
  const { t } = useTranslation();
  return (
    <Badge variant="outline" color={COLOURS[state]} tt="none" className="plain-badge">
      {t(`standing.${state}`)}
    </Badge>
  );
}
