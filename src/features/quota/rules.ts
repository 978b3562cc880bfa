import { DAY, MINUTE } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { QuotaLevel, QuotaLimits, QuotaUsage } from "./quota.ts";

export const NO_LIMITS: QuotaLimits = {
  bytes: null,
  bytesWarn: null,
  repositories: null,
  repositoriesWarn: null,
  tags: null,
  tagsWarn: null,
};

export const FIELDS = Object.keys(NO_LIMITS) as readonly (keyof QuotaLimits)[];

/** In how many pieces the usage of a project is kept: as many pushes as can count side by side. */
export const SHARDS = 16;

const PAIRS = [
  ["bytes", "bytesWarn"],
  ["repositories", "repositoriesWarn"],
  ["tags", "tagsWarn"],
] as const;

/** Checks limits as a whole. Throws `quota.field_invalid` and `quota.warn_above`. */
export function checkLimits(limits: QuotaLimits): QuotaLimits {
  for (const field of FIELDS) {
    const value = limits[field];
    if (value !== null && (!Number.isSafeInteger(value) || value < 0)) {
      throw failure("quota.field_invalid", { field });
    }
  }
  for (const [reject, warn] of PAIRS) {
    const [most, level] = [limits[reject], limits[warn]];
    if (most !== null && level !== null && level > most) {
      throw failure("quota.warn_above", { field: warn, limit: most });
    }
  }
  return limits;
}

/**
 * What is left of a limit, dealt out evenly: how far each piece may grow beyond what it has. The sum
 * of what all may have is never above the limit. Undefined where more is used than may be.
 */
export function shareOf(limit: number, used: number): number | undefined {
  return used > limit ? undefined : Math.floor((limit - used) / SHARDS);
}

const OFTEN = 10 * MINUTE;
const SELDOM = DAY;
/** What takes long to look at is looked at so many times its length later. */
const RATIO = 100;

/**
 * Whether it is time to look again at what takes the space of a project: often where a refusal is
 * near, and never for more than a hundredth of the time.
 */
export function isReportDue(
  last: { readonly at: number | null; readonly took: number | null },
  level: QuotaLevel,
  now: number,
): boolean {
  if (last.at === null) return true;
  return now - last.at >= Math.max(level === "free" ? SELDOM : OFTEN, RATIO * (last.took ?? 0));
}

/** How near a project is to its limits. */
export function levelOf(limits: QuotaLimits, usage: QuotaUsage): QuotaLevel {
  let level: QuotaLevel = "free";
  for (const [reject, warn] of PAIRS) {
    const used = usage[reject];
    const [most, from] = [limits[reject], limits[warn]];
    if (most !== null && used >= most) return "full";
    if (from !== null && used >= from) level = "warn";
  }
  return level;
}
