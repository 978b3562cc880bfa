import { entries } from "./failure.ts";

/** What stops the start: the database and this program do not fit. */
export const databaseErrors = entries({
  "database.newer": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the database was written by a newer version of Entrepôt (it holds the schema steps {steps}, which this version does not know)",
    zh: "数据库由更新版本的 Entrepôt 写入（包含本版本未知的结构步骤 {steps}）",
    helpEn:
      "Start the newer version again, or restore the backup that was made before the upgrade.",
    helpZh: "请重新启动较新版本，或恢复升级前的备份。",
  },
});
