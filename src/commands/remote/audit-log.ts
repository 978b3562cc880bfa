import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { z } from "zod";
import type { RestClient } from "../../client/rest.ts";
import { RestFault, RestProblem } from "../../client/rest-fault.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { robot, under, userId } from "./find.ts";
import { first, mostOf } from "./first.ts";
import { momentBefore, timeText } from "./values.ts";
import { addVerb, type VerbOption } from "./verb.ts";
import { stateTone, titles, view } from "./views.ts";

const entryView = view(
  z.object({
    at: z.number(),
    actor: z.object({ name: z.string() }),
    via: z.string(),
    address: z.string().nullable(),
    action: z.string(),
    object: z.object({ kind: z.string(), name: z.string().nullable() }),
    result: z.string(),
    reason: z.string().nullable(),
  }),
  [
    { title: { en: "Time", zh: "时间" }, of: ({ at }) => timeText(at) },
    { title: { en: "Who", zh: "操作者" }, of: ({ actor }) => actor.name },
    { title: titles.address, of: ({ address }) => address },
    { title: { en: "Action", zh: "操作" }, of: ({ action }) => action },
    {
      title: { en: "On", zh: "对象" },
      of: ({ object }) => (object.name === null ? object.kind : `${object.kind} ${object.name}`),
    },
    {
      title: { en: "Result", zh: "结果" },
      of: ({ result }) => result,
      tone: ({ result }) => stateTone(result),
    },
    { title: { en: "Reason", zh: "原因" }, of: ({ reason }) => reason },
  ],
);

interface Filters {
  readonly project?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly on?: string;
  readonly result?: string;
  readonly address?: string;
  readonly from?: string;
  readonly to?: string;
}

const FILTERS: readonly VerbOption[] = [
  { flags: "--project <name>", words: { en: "of this project", zh: "所属项目" } },
  {
    flags: "--actor <name>",
    words: { en: "a user, robot+… or an id", zh: "用户、robot+… 或编号" },
  },
  {
    flags: "--action <prefix>",
    words: { en: "how the action begins: `login`, `tag.`", zh: "操作前缀，如 `login`、`tag.`" },
  },
  {
    flags: "--on <kind:name>",
    words: { en: "what it was done to: user:ada", zh: "操作对象，如 user:ada" },
  },
  {
    flags: "--result <result>",
    words: { en: "only with this result", zh: "仅列出此结果" },
    choices: ["done", "denied", "failed"],
  },
  { flags: "--address <address>", words: { en: "from this address", zh: "来源地址" } },
  {
    flags: "--from <time>",
    words: { en: "not before: 24h ago, or 2027-01-31", zh: "起始时间：24h 前，或 2027-01-31" },
  },
  { flags: "--to <time>", words: { en: "before", zh: "截止时间" } },
];

async function actorId(rest: RestClient, name: string): Promise<string> {
  return name.startsWith("robot+") ? (await robot(rest, name, undefined)).id : userId(rest, name);
}

async function queryOf(rest: RestClient, filters: Filters) {
  const { actor, action, on, result, address, from, to } = filters;
  const [, objectKind, objectName] = on === undefined ? [] : (/^([\w-]+):(.+)$/.exec(on) ?? []);
  if (on !== undefined && objectKind === undefined) {
    throw misuse(`${on} is no KIND:NAME such as user:ada`, `${on} 不是 类型:名称，如 user:ada`);
  }
  const now = Date.now();
  return {
    actor: actor === undefined ? undefined : await actorId(rest, actor),
    action,
    objectKind,
    objectName,
    result,
    address,
    from: momentBefore(from, now),
    to: momentBefore(to, now),
  };
}

function isOfServer(error: Error): boolean {
  return error instanceof RestProblem || error instanceof RestFault;
}

/** Writes a file that has its name only once it is whole. */
async function keep(file: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const part = `${file}.part`;
  try {
    // Who did what is nobody else's business.
    await pipeline(pieces, createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    if (!(error instanceof Error) || isOfServer(error)) throw error;
    const why = error.message;
    const words = { en: `cannot write ${file}: ${why}`, zh: `无法写入 ${file}：${why}` };
    throw new Complaint(EXIT.failed, words, error);
  }
}

/** `entrepot audit list` and `export`, beside `verify`, which needs no server. */
export function addAuditVerbs(command: Command, context: RemoteContext): void {
  addVerb<Filters & { readonly limit?: string }>(command, context, {
    usage: "list",
    words: { en: "read the audit log, newest first", zh: "查看审计日志（最新在前）" },
    example: "entrepot audit list --result denied --from 24h",
    options: [
      ...FILTERS,
      { flags: "--limit <count>", words: { en: "how many; else 50", zh: "条数；默认 50" } },
    ],
    async run(remote, _, { limit, project, ...filters }) {
      const most = mostOf(limit);
      const query = { ...(await queryOf(remote.rest, filters)), limit: Math.min(most, 200) };
      const entries = remote.rest.list(`${under(project)}/audit`, query);
      await remote.showAll(entryView, first(entries, most));
    },
  });
  addVerb<Filters & { readonly format?: string; readonly file?: string }>(command, context, {
    usage: "export",
    words: { en: "export the audit log", zh: "导出审计日志" },
    example: "entrepot audit export --from 2027-01-01 --format csv --file audit.csv",
    options: [
      ...FILTERS,
      {
        flags: "--format <format>",
        words: { en: "else ndjson", zh: "默认 ndjson" },
        choices: ["ndjson", "csv"],
      },
      {
        flags: "--file <file>",
        words: { en: "a file; else standard output", zh: "输出文件；默认标准输出" },
      },
    ],
    async run(remote, _, { format, file, project, ...filters }) {
      const query = { ...(await queryOf(remote.rest, filters)), format };
      const pieces = remote.rest.stream(`${under(project)}/audit/export`, query);
      if (file === undefined) return await remote.pour(pieces);
      await keep(file, pieces);
      await remote.note({ en: "written to {file}", zh: "已写入 {file}" }, { file });
    },
  });
}
