import { z } from "@hono/zod-openapi";
import type { Backups, KeptBackup } from "../../../features/backup/service.ts";
import { FINDING_WORDS, type FindingKind } from "../../../features/backup/verify/findings.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const TAG = "backups";
/** As the setting: slower than this, nothing would ever be done. */
const SLOWEST = 65_536;
const count = z.number().int();

const programShape = z.object({ version: z.string(), commit: z.string() });
const kinds = Object.keys(FINDING_WORDS) as [FindingKind, ...FindingKind[]];

const drillShape = z.object({
  verdict: z.enum(["passed", "failed"]),
  startedAt: timeShape,
  finishedAt: timeShape,
  program: programShape,
  files: count,
  rows: count,
  blobs: count,
  bytes: count,
  manifests: count,
  tags: count,
  findings: count.openapi({ description: "How many there are; the first of them are listed." }),
  first: z.array(z.object({ kind: z.enum(kinds), what: z.string(), detail: z.string() })),
});

const backupShape = z
  .object({
    id: idShape,
    takenAt: timeShape.openapi({ description: "What was acknowledged before is in it." }),
    finishedAt: timeShape,
    program: programShape,
    engine: z.enum(["sqlite", "postgres"]),
    rows: count,
    blobs: count,
    bytes: count.openapi({ description: "Of its blobs, which it shares with other backups." }),
    copiedBytes: count.openapi({ description: "Of blobs that no earlier backup had." }),
    damaged: count.openapi({ description: "Blobs that were damaged and are not in it." }),
    drill: drillShape.nullable().openapi({ description: "The last one; null before the first." }),
  })
  .openapi("Backup");

const stateShape = z
  .object({
    isConfigured: z.boolean(),
    schedule: z.string().nullable().openapi({ description: "Cron, in UTC; null for never." }),
    keep: count,
    nextAt: timeShape.nullable(),
    lastGood: z.object({ id: idShape, takenAt: timeShape }).nullable(),
    isLate: z.boolean().openapi({ description: "Whether one should have been made since." }),
    bytesPerSecond: count.nullable().openapi({
      description: "How much a backup or a drill reads; null for no bound.",
    }),
    drills: z.object({
      schedule: z.string().nullable().openapi({ description: "Cron, in UTC; null for never." }),
      nextAt: timeShape.nullable(),
      last: z
        .object({
          id: idShape.openapi({ description: "Of the backup." }),
          verdict: z.enum(["passed", "failed"]),
          finishedAt: timeShape,
          findings: count,
        })
        .nullable(),
      isLate: z.boolean().openapi({ description: "Whether one should have been done since." }),
    }),
  })
  .openapi("BackupState");

const askedShape = z
  .object({
    job: idShape.openapi({ description: "The job that does it." }),
    isNew: z.boolean().openapi({ description: "False when it was waiting or running already." }),
  })
  .openapi("BackupJob");

function view({ snapshot, report }: KeptBackup): z.input<typeof backupShape> {
  const { id, takenAt, finishedAt, program, engine, tables, content, copied, damaged } = snapshot;
  const drill =
    report === null ? null : { ...report, findings: report.count, first: report.findings };
  return {
    ...{ id, takenAt, finishedAt, program, engine, drill },
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    blobs: content.blobs,
    bytes: content.bytes,
    copiedBytes: copied.bytes,
    damaged: damaged.count,
  };
}

/** `/backup` is how they are doing, `/backups` what there is. */
export function backupRoutes(backups: Backups): AnyRoute[] {
  const read = { tag: TAG, method: "get", action: "backup:read", query: nothing } as const;
  const change = { tag: TAG, action: "backup:write", body: undefined } as const;
  const paced = z.strictObject({
    bytesPerSecond: z.coerce
      .number()
      .int()
      .min(SLOWEST)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .openapi({ description: "How much it reads, in place of what is set." }),
  });
  const one = z.strictObject({ backup: idShape });
  return [
    route({
      ...read,
      path: "/backup",
      id: "getBackupState",
      summary: { en: "How backups are doing", zh: "备份概况" },
      params: nothing,
      body: undefined,
      answer: stateShape,
      handle: async () => ({ body: await backups.state() }),
    }),
    route({
      ...read,
      path: "/backups",
      id: "listBackups",
      summary: { en: "List the backups, newest first", zh: "列出备份（最新在前）" },
      params: nothing,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(backupShape, "Backups"),
      async handle({ query: { limit, cursor } }) {
        const { items, next } = await backups.list({ limit, after: cursorFrom(cursor) });
        return { body: { items: items.map(view), next: cursorTo(next) } };
      },
    }),
    route({
      ...read,
      path: "/backups/{backup}",
      id: "getBackup",
      summary: { en: "Read a backup and its last restore drill", zh: "查看备份及其最近的恢复演练" },
      params: one,
      body: undefined,
      answer: backupShape,
      handle: async ({ params }) => ({ body: view(await backups.get(params.backup)) }),
    }),
    route({
      ...change,
      method: "post",
      path: "/backups",
      id: "createBackup",
      summary: { en: "Make a backup now, as a job", zh: "立即创建备份（任务）" },
      params: nothing,
      query: paced,
      answer: askedShape,
      status: 202,
      async handle({ doer, query }) {
        const { id, added } = await backups.create(doer, query);
        return { body: { job: id, isNew: added } };
      },
    }),
    route({
      ...change,
      method: "post",
      path: "/backups/{backup}/verify",
      id: "verifyBackup",
      summary: {
        en: "Do a restore drill of a backup, as a job: restore its rows, hash its content, keep the report",
        zh: "对备份进行恢复演练（任务）：恢复数据、校验内容并保存报告",
      },
      params: one,
      query: paced,
      answer: askedShape,
      status: 202,
      async handle({ params, doer, query }) {
        const { id, added } = await backups.verify(doer, params.backup, query);
        return { body: { job: id, isNew: added } };
      },
    }),
    route({
      ...change,
      method: "delete",
      path: "/backups/{backup}",
      id: "deleteBackup",
      summary: {
        en: "Delete a backup; the content that no other one has goes a little later",
        zh: "删除备份；其独有的内容稍后删除",
      },
      params: one,
      query: nothing,
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ params, doer }) {
        await backups.remove(doer, params.backup);
        return { body: {} };
      },
    }),
  ];
}
