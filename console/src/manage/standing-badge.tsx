import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Standing } from "../api/manage-types.ts";

const COLOURS = { active: "teal", disabled: "orange", deleted: "gray" } as const;

/** Whether an account is in use: by its word, and by colour beside. */
export function StandingBadge({ state }: { readonly state: Standing }) {
  const { t } = useTranslation();
  return (
    <Badge variant="dot" color={COLOURS[state]} tt="none">
      {t(`standing.${state}`)}
    </Badge>
  );
}
