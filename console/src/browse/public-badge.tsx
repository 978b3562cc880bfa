import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Whether everybody may see a project. */
export function PublicBadge({ isPublic }: { readonly isPublic: boolean }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" tt="none">
      {t(isPublic ? "browse.public" : "browse.private")}
    </Badge>
  );
}
