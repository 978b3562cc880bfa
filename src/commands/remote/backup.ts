import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { sizeText } from "./sizes.ts";
import { timeText } from "./values.ts";
import { addVerb } from "./verb.ts";
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

const jobView = view(z.object({ job: z.string() }), [
  { title: { en: "Job", zh: "任务" }, of: ({ job }) => job },
]);

/** `entrepot backup list`, `create`, `drill` and `delete`, beside `verify`, which needs no server. */
export function addBackupVerbs(command: Command, context: RemoteContext): void {
  addVerb(command, context, {
    usage: "list",
    words: { en: "list the backups of a server, newest first", zh: "列出服务器的备份（最新在前）" },
    example: "entrepot backup list",
    async run(remote) {
      await remote.showAll(backupView, remote.rest.list("/backups", {}));
    },
  });
  addVerb(command, context, {
    usage: "create",
    words: { en: "make a backup on the server now", zh: "立即在服务器上创建备份" },
    example: "entrepot backup create",
    async run(remote) {
      await remote.show(jobView, await remote.rest.ask("createBackup", {}));
    },
  });
  addVerb(command, context, {
    usage: "drill <id>",
    words: {
      en: "let the server do a restore drill of a backup",
      zh: "由服务器对备份进行恢复演练",
    },
    example: "entrepot backup drill 01kn3rv1t8h7yqk9w2m4c6x0za",
    async run(remote, [backup = ""]) {
      await remote.show(jobView, await remote.rest.ask("verifyBackup", { params: { backup } }));
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
