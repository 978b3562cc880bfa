import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import { parseSize } from "../../config/units.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { printable } from "./printable.ts";
import { sizeText } from "./sizes.ts";
import { timeText } from "./values.ts";
import { addVerb, type VerbOption } from "./verb.ts";
import { titles, view } from "./views.ts";

const backupView = view(
  z.object({
    id: z.string(),
    takenAt: z.number(),
    blobs: z.number(),
    bytes: z.number(),
    damaged: z.number(),
    drill: z.object({ verdict: z.string(), finishedAt: z.number() }).nullable(),
  }),
  [
    { title: titles.id, of: ({ id }) => id },
    { title: { en: "State of", zh: "数据时间" }, of: ({ takenAt }) => timeText(takenAt) },
    { title: { en: "Blobs", zh: "blob 数" }, of: ({ blobs }) => blobs },
    { title: { en: "Size", zh: "大小" }, of: ({ bytes }) => sizeText(bytes) },
    { title: { en: "Damaged", zh: "损坏" }, of: ({ damaged }) => damaged },
    { title: { en: "Drill", zh: "恢复演练" }, of: ({ drill }) => drill?.verdict },
  ],
);

const drillsShape = z.object({
  schedule: z.string().nullable(),
  nextAt: z.number().nullable(),
  last: z.object({ verdict: z.string(), finishedAt: z.number() }).nullable(),
  isLate: z.boolean(),
});

const yes = (isSo: boolean) => (isSo ? "yes" : "no");

const stateView = view(
  z.object({
    schedule: z.string().nullable(),
    nextAt: z.number().nullable(),
    lastGood: z.object({ takenAt: z.number() }).nullable(),
    isLate: z.boolean(),
    bytesPerSecond: z.number().nullable(),
    drills: drillsShape,
  }),
  [
    {
      title: { en: "Last good", zh: "上次完整备份" },
      of: ({ lastGood }) => timeText(lastGood?.takenAt ?? null),
    },
    { title: { en: "Next", zh: "下次" }, of: ({ nextAt }) => timeText(nextAt) },
    { title: { en: "Late", zh: "逾期" }, of: ({ isLate }) => yes(isLate) },
    { title: { en: "A second", zh: "每秒" }, of: ({ bytesPerSecond }) => sizeText(bytesPerSecond) },
    {
      title: { en: "Last drill", zh: "上次演练" },
      of: ({ drills }) => timeText(drills.last?.finishedAt ?? null),
    },
    { title: { en: "Verdict", zh: "结论" }, of: ({ drills }) => drills.last?.verdict },
    { title: { en: "Next drill", zh: "下次演练" }, of: ({ drills }) => timeText(drills.nextAt) },
    { title: { en: "Drill late", zh: "演练逾期" }, of: ({ drills }) => yes(drills.isLate) },
  ],
);

/** How much the server is to read a second. */
const RATE: VerbOption = {
  flags: "--rate <size>",
  words: {
    en: "read at most so much a second, such as 32MiB (default: what the server is set to)",
    zh: "每秒最多读取的字节数，例如 32MiB（默认：服务器的设置）",
  },
};

interface Paced {
  readonly rate?: string;
}

function queryOf({ rate }: Paced): { bytesPerSecond?: number } {
  if (rate === undefined) return {};
  const bytesPerSecond = parseSize(rate);
  if (bytesPerSecond === undefined) {
    const shown = printable(rate);
    throw misuse(`${shown} is no size: give 32MiB`, `${shown} 不是有效的大小，请给出 32MiB`);
  }
  return { bytesPerSecond };
}

const jobView = view(z.object({ job: z.string() }), [
  { title: { en: "Job", zh: "任务" }, of: ({ job }) => job },
]);

/** `entrepot backup status`, `list`, `create`, `drill` and `delete`, beside `verify`, which needs no server. */
export function addBackupVerbs(command: Command, context: RemoteContext): void {
  addVerb(command, context, {
    usage: "status",
    words: { en: "tell how backups and restore drills are doing", zh: "查看备份与恢复演练的概况" },
    example: "entrepot backup status",
    async run(remote) {
      await remote.show(stateView, await remote.rest.ask("getBackupState", {}));
    },
  });
  addVerb(command, context, {
    usage: "list",
    words: { en: "list the backups of a server, newest first", zh: "列出服务器的备份（最新在前）" },
    example: "entrepot backup list",
    async run(remote) {
      await remote.showAll(backupView, remote.rest.list("/backups", {}));
    },
  });
  addVerb<Paced>(command, context, {
    usage: "create",
    words: { en: "make a backup on the server now", zh: "立即在服务器上创建备份" },
    options: [RATE],
    example: "entrepot backup create --rate 32MiB",
    async run(remote, _, options) {
      const query = queryOf(options);
      await remote.show(jobView, await remote.rest.ask("createBackup", { query }));
    },
  });
  addVerb<Paced>(command, context, {
    usage: "drill <id>",
    words: {
      en: "let the server do a restore drill of a backup",
      zh: "由服务器对备份进行恢复演练",
    },
    options: [RATE],
    example: "entrepot backup drill 01kn3rv1t8h7yqk9w2m4c6x0za",
    async run(remote, [backup = ""], options) {
      const query = queryOf(options);
      const asked = await remote.rest.ask("verifyBackup", { params: { backup }, query });
      await remote.show(jobView, asked);
    },
  });
  addVerb(command, context, {
    usage: "delete <id>",
    words: { en: "delete a backup", zh: "删除备份" },
    example: "entrepot backup delete 01kn3rv1t8h7yqk9w2m4c6x0za",
    async run(remote, [backup = ""]) {
      await remote.rest.call("DELETE", path`/backups/${backup}`);
      await remote.note(
        { en: "backup {backup} was deleted", zh: "备份 {backup} 已删除" },
        { backup },
      );
    },
  });
}
