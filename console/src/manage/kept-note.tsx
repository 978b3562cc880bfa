import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** After an answer that did not arrive: nothing typed is lost, and sending again is safe. */
export function KeptNote() {
  const { t } = useTranslation();
  return (
    <Text size="sm" c="dimmed">
      {t("edit.kept")}
    </Text>
  );
}
