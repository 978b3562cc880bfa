import type { KeptReport } from "../../features/quota/quota.ts";
import { Failure, failure, type Language } from "../../kernel/errors/catalogue.ts";
import type { Exchange } from "./exchange.ts";

/** As many repositories as a refusal names. */
const NAMED = 3;

type Largest = KeptReport["report"]["largest"];

/** Those that hold the most, of those that the caller may know of. */
async function visibleOf(x: Exchange, largest: Largest): Promise<Largest> {
  const isVisible = x.parts.access.visible(x.actor);
  const seen: Largest[number][] = [];
  for (const each of largest) {
    if (seen.length < NAMED && (await isVisible(each.repository))) seen.push(each);
  }
  return seen;
}

const words = {
  en: {
    largest: "most is in",
    bytes: "bytes",
    holds: (name: string, bytes: number) => `${name} (${bytes} bytes)`,
    trash: "the trash holds",
    untagged: "only images without a tag hold",
    unnamed: "uploads that no image names hold",
    comma: ", ",
    semicolon: "; ",
  },
  zh: {
    largest: "占用最多的是",
    bytes: "字节",
    holds: (name: string, bytes: number) => `${name}（${bytes} 字节）`,
    trash: "回收站占用",
    untagged: "仅无标签镜像占用",
    unnamed: "未被镜像引用的上传占用",
    comma: "、",
    semicolon: "；",
  },
} satisfies Record<Language, object>;

/** What takes the space and what would give it back; undefined where there is nothing to say. */
function takersIn(
  language: Language,
  largest: Largest,
  { report }: KeptReport,
): string | undefined {
  const say = words[language];
  const parts: string[] = [];
  if (largest.length > 0) {
    const each = largest.map(({ repository, bytes }) => say.holds(repository, bytes));
    parts.push(`${say.largest} ${each.join(say.comma)}`);
  }
  for (const kind of ["trash", "untagged", "unnamed"] as const) {
    if (report[kind] > 0) parts.push(`${say[kind]} ${report[kind]} ${say.bytes}`);
  }
  return parts.length === 0 ? undefined : parts.join(say.semicolon);
}

/**
 * A refusal for want of room, with what takes the space and what would give it back, as that was
 * last looked at and as far as the caller may know of it. Others stay as they are.
 */
export async function withTakers(x: Exchange, refusal: Failure): Promise<Failure> {
  if (refusal.code !== "quota.exceeded") return refusal;
  try {
    const kept = await x.parts.quotas.keptReport(x.project);
    if (kept === undefined) return refusal;
    const largest = await visibleOf(x, kept.report.largest);
    const why = takersIn("en", largest, kept);
    const inChinese = takersIn("zh", largest, kept);
    if (why === undefined || inChinese === undefined) return refusal;
    const { trash, untagged, unnamed } = kept.report;
    const details = {
      ...refusal.details,
      largest: largest.map(({ repository }) => repository),
      trash,
      untagged,
      unnamed,
      countedAt: kept.at,
      why,
      why_zh: inChinese,
    };
    return failure("quota.exceeded", details, refusal);
  } catch (error) {
    // It is refused either way: what would explain it is not to be had now.
    if (error instanceof Failure) return refusal;
    throw error;
  }
}

/** That a project has come to its limits, for whoever has just pushed to it. */
export async function pressureWords(x: Exchange): Promise<string | undefined> {
  try {
    const pressure = await x.parts.quotas.pressure(x.project);
    if (pressure === undefined || pressure.level === "free") return undefined;
    const { used, limit, warn } = pressure;
    const of = limit === null ? `, and is warned from ${warn} on` : ` of the ${limit} that it may`;
    return `the project ${x.project} uses ${used} bytes${of}: entrepot quota show ${x.project} tells what takes the space`;
  } catch (error) {
    // The push is done, and stays so without a warning.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
