import { Command, CommanderError } from "commander";
import { buildInfo } from "../config/build-info.ts";
import type { Config } from "../config/schema.ts";
import type { AdoptCounts, AdoptProblem } from "../features/integrity/adopt/finding.ts";
import { openTelemetry } from "../platform/telemetry/open.ts";
import type { Logger } from "../platform/telemetry/telemetry.ts";
import { addConfigOptions, type CommandContext, readConfig } from "./config.ts";
import { printable } from "./remote/printable.ts";
import { whyNot } from "./why-not.ts";

export interface AdoptContext extends CommandContext {
  runAdopt(
    config: Config,
    options: {
      readonly folder: string;
      readonly isDry: boolean;
      readonly logger: Logger;
      readonly onProblem: (problem: AdoptProblem) => void;
    },
  ): Promise<AdoptCounts>;
}

/** Exit codes: some things were left out; it could not be done. */
const LEFT = 1;
const CANNOT = 2;

const words = {
  adopt: {
    en: "take over the storage of a registry:2 without copying it; the server must be stopped (exit code 1: something was left out, 2: not done)",
    zh: "就地接管 registry:2 的存储而不复制数据；须先停止服务（退出码 1：有内容被略过，2：未完成）",
  },
  dry: { en: "look at everything and change nothing", zh: "仅检查，不作更改" },
  json: { en: "print a JSON object a line", zh: "每行输出一个 JSON 对象" },
} as const;

function summary(counts: AdoptCounts, isDry: boolean, language: "en" | "zh"): string {
  const { repositories, blobs, copied, known, bytes, manifests, tags, problems } = counts;
  return {
    en: `${isDry ? "would take over" : "taken over"}: ${repositories} repositories, ${manifests} manifests, ${tags} tags, ${blobs} blobs of ${bytes} bytes (${copied} copied); ${known} were here; ${problems} left out\n`,
    zh: `${isDry ? "将接管" : "已接管"}：${repositories} 个仓库、${manifests} 个 manifest、${tags} 个标签、${blobs} 个 blob 共 ${bytes} 字节（复制 ${copied} 个）；已存在 ${known} 个；略过 ${problems} 个\n`,
  }[language];
}

/** `entrepot adopt`. */
export function adoptCommand(context: AdoptContext): Command {
  const { language, out } = context;
  const command = addConfigOptions(new Command("adopt").argument("<folder>"), language)
    .description(words.adopt[language])
    .option("--dry-run", words.dry[language])
    .option("--json", words.json[language]);
  return command.action(
    async (
      folder: string,
      { dryRun: isDry = false, json = false }: { dryRun?: boolean; json?: boolean },
    ) => {
      const { logger } = openTelemetry({
        level: "silent",
        format: "text",
        access: false,
        routes: [],
        build: buildInfo,
      });
      const onProblem = (problem: AdoptProblem) => {
        const { repository, what, words: why } = problem;
        const line = [repository, what, why].map(printable).join("\t");
        out(json ? `${JSON.stringify(problem)}\n` : `${line}\n`);
      };
      let counts: AdoptCounts;
      try {
        const { config } = readConfig(command, context.env);
        counts = await context.runAdopt(config, { folder, isDry, logger, onProblem });
      } catch (error) {
        return command.error(whyNot(error, language), { exitCode: CANNOT, code: "adopt.cannot" });
      }
      out(json ? `${JSON.stringify(counts)}\n` : summary(counts, isDry, language));
      // What there is to say has been said.
      if (counts.problems > 0) throw new CommanderError(LEFT, "adopt.left", "");
    },
  );
}
