import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { Time } from "../../ui/time.tsx";
import { Figure, Figures } from "../figure-card.tsx";
import { useFigures } from "../figures.ts";
import { Verdict } from "./drill.tsx";

type State = Schemas["BackupState"];

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
        <Figures isWide>
          <Figure label={t("backups.lastGood")} value={<Time at={lastGood?.takenAt ?? null} />} />
          <Figure label={t("backups.next")} value={<Time at={nextAt} />} />
          <Figure label={t("backups.schedule")} value={byItself(schedule)} />
          <Figure label={t("backups.keep")} value={number(keep)} />
          <Figure label={t("backups.lastDrill")} value={<Time at={last?.finishedAt ?? null} />}>
            {last !== null && <Verdict verdict={last.verdict} />}
          </Figure>
          <Figure label={t("backups.nextDrill")} value={<Time at={drills.nextAt} />} />
          <Figure label={t("backups.drillSchedule")} value={byItself(drills.schedule)} />
          <Figure
            label={t("backups.rate")}
            value={bytesPerSecond === null ? t("backups.unlimited") : size(bytesPerSecond)}
          />
        </Figures>
      )}
    </>
  );
}
