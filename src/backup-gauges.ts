import type { Backups } from "./features/backup/service.ts";
import { systemClock } from "./kernel/clock.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up how old the last good backup is. */
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
}
