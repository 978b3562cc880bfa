import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Command, CommanderError } from "commander";
import type { Config } from "../config/schema.ts";
import type { AuditLog } from "../features/audit/offline.ts";
import { findingWords } from "../features/audit/verify/findings.ts";
import type { Verdict } from "../features/audit/verify/verify.ts";
import { failure } from "../kernel/errors/catalogue.ts";
import { addConfigOptions, type CommandContext, readConfig } from "./config.ts";
import { whyNot } from "./why-not.ts";

export interface AuditContext extends CommandContext {
  /** Opens the audit log of a configuration to read it; it may run beside the server. */
  openAuditLog(config: Config): Promise<AuditLog>;
}

/** Exit codes: nothing is wrong; something is; it cannot be told. */
const FINDINGS = 1;
const CANNOT = 2;

const words = {
  audit: { en: "look after the audit log", zh: "管理审计日志" },
  verify: {
    en: "look for entries that were edited, inserted or removed (exit code 1: found, 2: cannot tell)",
    zh: "检查条目是否被修改、插入或删除（退出码 1：发现问题，2：无法判断）",
  },
  anchor: {
    en: "a file of log or syslog lines with checkpoints that were kept elsewhere",
    zh: "含有另存检查点的日志或 syslog 文件",
  },
  json: { en: "print JSON", zh: "以 JSON 输出" },
} as const;

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw failure("audit.anchor_unreadable", { path }, error);
  }
}

/** The verdict for a person. */
function tell(verdict: Verdict, language: "en" | "zh"): string {
  const { rows, chains, checkpoints, anchors, findings, more } = verdict;
  const count = findings.length + more;
  const looked = {
    en: `${rows} entries in ${chains} chains, ${checkpoints} checkpoints, ${anchors} kept elsewhere`,
    zh: `${chains} 条链中的 ${rows} 个条目，${checkpoints} 个检查点，另存检查点 ${anchors} 个`,
  }[language];
  if (verdict.intact) return { en: `intact: ${looked}\n`, zh: `完整：${looked}\n` }[language];
  const lines = [
    { en: `NOT INTACT (${count}): ${looked}`, zh: `不完整（${count} 处）：${looked}` }[language],
    ...findings.map((finding) => `  ${findingWords(finding, language)}`),
  ];
  if (more > 0) lines.push({ en: `  and ${more} more`, zh: `  另有 ${more} 处` }[language]);
  return `${lines.join("\n")}\n`;
}

function asJson(verdict: Verdict): string {
  const findings = verdict.findings.map((finding) => ({
    ...finding,
    en: findingWords(finding, "en"),
    zh: findingWords(finding, "zh"),
  }));
  return `${JSON.stringify({ ...verdict, findings }, null, 2)}\n`;
}

async function verify(
  context: AuditContext,
  command: Command,
  { anchor: path }: { readonly anchor?: string },
): Promise<Verdict> {
  const log = await context.openAuditLog(readConfig(command, context.env).config);
  try {
    const verdict = await log.verify(path === undefined ? {} : { anchor: linesOf(path) });
    if (path !== undefined && verdict.anchors === 0) throw failure("audit.anchor_empty", { path });
    return verdict;
  } finally {
    await log.close();
  }
}

/** `entrepot audit verify`. */
export function auditCommand(context: AuditContext): Command {
  const { language } = context;
  const parent = new Command("audit").description(words.audit[language]);
  const command = addConfigOptions(parent.command("verify"), language)
    .description(words.verify[language])
    .option("--anchor <file>", words.anchor[language])
    .option("--json", words.json[language]);
  command.action(async (options: { anchor?: string; json?: boolean }) => {
    let verdict: Verdict;
    try {
      verdict = await verify(context, command, options);
    } catch (error) {
      return command.error(whyNot(error, language), { exitCode: CANNOT, code: "audit.cannot" });
    }
    context.out(options.json === true ? asJson(verdict) : tell(verdict, language));
    // What there is to say has been said.
    if (!verdict.intact) throw new CommanderError(FINDINGS, "audit.findings", "");
  });
  return parent;
}
