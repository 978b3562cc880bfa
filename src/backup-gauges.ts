import type { Backups } from "./features/backup/service.ts";
import { systemClock } from "./kernel/clock.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up how old the last good backup is, and what came of the last drill. */
export function hangBackupGauges(telemetry: Telemetry, backups: Pick<Backups, "state">): void {
  telemetry.gauge({
    name: "entrepot_backup_age_seconds",
    help: "Seconds since the state that the last complete backup holds; -1 where there is none.",
    async read() {
      const { lastGood } = await backups.state();
      return lastGood === null ? -1 : (systemClock.now() - lastGood.takenAt) / 1_000;
    },
  });
  telemetry.gauge({
    name: "entrepot_backup_late",
    help: "1 when a backup should have been made since the last complete one.",
    read: async () => ((await backups.state()).isLate ? 1 : 0),
  });
  telemetry.gauge({
    name: "entrepot_backup_drill_age_seconds",
    help: "Seconds since the last restore drill, whatever came of it; -1 where there is none.",
    async read() {
      const { last } = (await backups.state()).drills;
      return last === null ? -1 : (systemClock.now() - last.finishedAt) / 1_000;
    },
  });
  telemetry.gauge({
    name: "entrepot_backup_drill_failed",
    help: "1 when the last restore drill found something.",
    read: async () => ((await backups.state()).drills.last?.verdict === "failed" ? 1 : 0),
  });
  telemetry.gauge({
    name: "entrepot_backup_drill_late",
    help: "1 when a restore drill should have been done since the last one, or since the first backup.",
    read: async () => ((await backups.state()).drills.isLate ? 1 : 0),
  });
}
