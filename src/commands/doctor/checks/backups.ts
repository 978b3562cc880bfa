import { z } from "zod";
import { timeText } from "../../remote/values.ts";
import { askApi, jsonOf } from "../asking.ts";
import { broken, type Check, type Finding, fine, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";

const time = z.number().int();
const stateShape = z.object({
  isConfigured: z.boolean(),
  lastGood: z.object({ id: z.string(), takenAt: time }).nullable(),
  isLate: z.boolean(),
  drills: z.object({
    last: z
      .object({ id: z.string(), verdict: z.enum(["passed", "failed"]), finishedAt: time })
      .nullable(),
    isLate: z.boolean(),
  }),
});

type State = z.infer<typeof stateShape>;

const LOOK = {
  en: "`entrepot job list --kind backup.make` and `entrepot job show ID` have the reason; `entrepot backup create` makes one now.",
  zh: "`entrepot job list --kind backup.make` 与 `entrepot job show ID` 可查原因；`entrepot backup create` 立即备份。",
};

function made({ isConfigured, lastGood, isLate }: State): Finding {
  if (!isConfigured) {
    return warning(
      "backups.off",
      { en: "this server makes no backups", zh: "该服务器不进行备份" },
      {
        en: "Set `backup.path` to a folder, best on another disk or machine, and restart; keep the key of the secrets elsewhere. Where another node makes them, all is well.",
        zh: "请将 `backup.path` 设为一个目录（最好位于另一块磁盘或另一台机器）并重启；密钥请另行保存。若由其他节点备份，则无须处理。",
      },
    );
  }
  if (lastGood === null) {
    return warning(
      "backups.none",
      { en: "there is no backup that lacks nothing", zh: "还没有完整的备份" },
      LOOK,
    );
  }
  const when = timeText(lastGood.takenAt);
  return isLate
    ? warning(
        "backups.late",
        {
          en: `the last good backup is of ${when}, and another one should have been made since`,
          zh: `上次完整备份的数据时间为 ${when}，此后应有新的备份`,
        },
        LOOK,
      )
    : fine("backups.fine", {
        en: `the last good backup is of ${when}`,
        zh: `上次完整备份的数据时间为 ${when}`,
      });
}

function drilled({ drills: { last, isLate } }: State): Finding | undefined {
  if (last?.verdict === "failed") {
    const when = timeText(last.finishedAt);
    return broken(
      "backups.drill_failed",
      {
        en: `the backup ${last.id} could not be restored whole: its drill of ${when} failed`,
        zh: `备份 ${last.id} 无法完整恢复：${when} 的演练未通过`,
      },
      {
        en: "Read its report: in the console under Backups, or in `reports/` of the folder. Look at the disk that it lies on.",
        zh: "请查看其报告：控制台“备份”页面，或备份目录的 `reports/`。并检查所在磁盘。",
      },
      {
        en: "`entrepot backup create`, then `entrepot backup drill ID`: content that is missing is copied anew; delete files of `content` that are not what they should be first.",
        zh: "执行 `entrepot backup create`，再执行 `entrepot backup drill ID`：缺失的内容会重新复制；内容不符的 `content` 文件请先删除。",
      },
    );
  }
  if (!isLate) return undefined;
  return warning(
    "backups.drill_late",
    {
      en: "no restore drill was done when one should have been",
      zh: "应进行的恢复演练没有进行",
    },
    {
      en: "`entrepot backup drill ID` does one now; `entrepot job list --kind backup.verify` and `--kind backup.drill` have the reason.",
      zh: "`entrepot backup drill ID` 立即演练；`entrepot job list --kind backup.verify` 与 `--kind backup.drill` 可查原因。",
    },
  );
}

/** Whether there are backups that could be restored, for whoever may know of them. */
export const backups: Check<Patient> = {
  id: "backups",
  title: { en: "backups", zh: "备份" },
  needs: ["credentials"],
  async run(patient) {
    const reply = await askApi(patient, "GET", "/backup");
    const state = stateShape.safeParse(jsonOf(reply));
    if (state.success) {
      const drill = drilled(state.data);
      return drill === undefined ? [made(state.data)] : [made(state.data), drill];
    }
    if (reply?.status !== 503) return [];
    return [
      broken(
        "backups.unavailable",
        { en: "the server cannot read the folder of its backups", zh: "服务器无法读取备份目录" },
        {
          en: "On the server: is `backup.path` mounted, has it space, and does it belong to the account of the server?",
          zh: "在服务端检查：`backup.path` 是否已挂载、有剩余空间，并属于服务所用账户。",
        },
      ),
    ];
  },
};
