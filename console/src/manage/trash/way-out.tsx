import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  readonly name: string;
  /** Left out where it cannot be had back, or the reader may not. */
  readonly onRestore?: (() => void) | undefined;
  readonly onEmpty?: (() => void) | undefined;
}

/** The buttons of one thing in the trash. */
export function WayOut({ name, onRestore, onEmpty }: Props) {
  const { t } = useTranslation();
  return (
    <Group gap={4} justify="flex-end">
      {onRestore !== undefined && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${t("edit.restore")}: ${name}`}
          onClick={onRestore}
        >
          {t("edit.restore")}
        </Button>
      )}
      {onEmpty !== undefined && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          aria-label={`${t("trash.empty")}: ${name}`}
          onClick={onEmpty}
        >
          {t("trash.empty")}
        </Button>
      )}
    </Group>
  );
}
