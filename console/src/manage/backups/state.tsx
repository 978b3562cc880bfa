import { Alert, Card, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";
import { Verdict } from "./drill.tsx";

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

/** The worst there is to say. */
function warningOf({ isConfigured, isLate, lastGood, drills }: State) {
  if (!isConfigured) return "off";
  if (isLate) return lastGood === null ? "never" : "late";
  if (drills.last?.verdict === "failed") return "drillFailed";
  return drills.isLate ? "drillLate" : undefined;
}

/** What has to be done about backups; nothing when all is well. */
function Warning({ state }: { readonly state: State }) {
  const { t } = useTranslation();
  const what = warningOf(state);
  if (what === undefined) return null;
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
  const { isConfigured, lastGood, nextAt, schedule, keep, drills, bytesPerSecond } = state;
  const { number, size } = useFigures();
  const { last } = drills;
  const byItself = (cron: string | null) =>
    cron === null ? t("backups.scheduleNever") : <code>{`${cron} UTC`}</code>;
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
          <Figure label={t("backups.schedule")}>{byItself(schedule)}</Figure>
          <Figure label={t("backups.keep")}>{number(keep)}</Figure>
          <Figure label={t("backups.lastDrill")}>
            <Time at={last?.finishedAt ?? null} />
            {last !== null && <Verdict verdict={last.verdict} />}
          </Figure>
          <Figure label={t("backups.nextDrill")}>
            <Time at={drills.nextAt} />
          </Figure>
          <Figure label={t("backups.drillSchedule")}>{byItself(drills.schedule)}</Figure>
          <Figure label={t("backups.rate")}>
            {bytesPerSecond === null ? t("backups.unlimited") : size(bytesPerSecond)}
          </Figure>
        </SimpleGrid>
      )}
    </>
  );
}
