import { Alert, Card, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";

type State = Schemas["BackupState"];

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Card withBorder padding="md">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={20} fw={700}>
        {children}
      </Text>
    </Card>
  );
}

/** What has to be done about backups; nothing when all is well. */
function Warning({ state }: { readonly state: State }) {
  const { t } = useTranslation();
  const { isConfigured, isLate, lastGood } = state;
  if (isConfigured && !isLate) return null;
  const what = !isConfigured ? "off" : lastGood === null ? "never" : "late";
  return (
    <Alert
      color={what === "off" ? "yellow" : "red"}
      variant="light"
      role="note"
      title={t(`backups.warnings.${what}`)}
    >
      {t(`backups.advice.${what}`)}
    </Alert>
  );
}

/** How backups are doing. */
export function BackupFigures({ state }: { readonly state: State }) {
  const { t } = useTranslation();
  const { number } = useFigures();
  const { isConfigured, lastGood, nextAt, schedule, keep } = state;
  return (
    <>
      <Warning state={state} />
      {isConfigured && (
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          <Figure label={t("backups.lastGood")}>
            <Time at={lastGood?.takenAt ?? null} />
          </Figure>
          <Figure label={t("backups.next")}>
            <Time at={nextAt} />
          </Figure>
          <Figure label={t("backups.schedule")}>
            {schedule === null ? t("backups.scheduleNever") : <code>{`${schedule} UTC`}</code>}
          </Figure>
          <Figure label={t("backups.keep")}>{number(keep)}</Figure>
        </SimpleGrid>
      )}
    </>
  );
}
