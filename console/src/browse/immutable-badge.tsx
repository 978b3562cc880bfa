import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Says of a tag that it can be neither moved nor removed, and by which rule. */
export function ImmutableBadge({ rule }: { readonly rule: string }) {
  const { t } = useTranslation();
  return (
    <Badge
      size="sm"
      variant="light"
      tt="none"
      ml="xs"
      title={t("immutability.badgeHint", { rule })}
    >
      {t("immutability.badge")}
    </Badge>
  );
}
