import { DAY, MINUTE, SECOND } from "../../kernel/clock.ts";
import type { PartHealth, Words } from "./report.ts";

/** A job that is due so long without being taken means that the workers cannot follow. */
export const LATE_JOB = 10 * MINUTE;
/** Events are passed on within a second; one that is older is stuck. */
export const LATE_EVENT = 5 * MINUTE;
/** Less than this of a certificate's life is left: it should have been renewed by now. */
export const LAST_DAYS = 14 * DAY;
/** Leases and tokens bear clocks that differ by less. */
export const MOST_SKEW = 5 * SECOND;

function judged(part: string, ok: boolean, why: () => Words): PartHealth {
  return { part, ok, why: ok ? null : why() };
}

const seconds = (milliseconds: number) => Math.round(milliseconds / SECOND);
const days = (milliseconds: number) => Math.max(0, Math.floor(milliseconds / DAY));

/** `age`: how long the oldest due job has waited; null when none does. */
export function jobsHealth(age: number | null): PartHealth {
  return judged("jobs", age === null || age < LATE_JOB, () => ({
    en: `a job has been due for ${seconds(age ?? 0)} s and nobody takes it`,
    zh: `有任务到期 ${seconds(age ?? 0)} 秒仍无人处理`,
  }));
}

/** `age`: of the oldest event that was not passed on yet; null for none. */
export function eventsHealth(age: number | null): PartHealth {
  return judged("events", age === null || age < LATE_EVENT, () => ({
    en: `an event has waited for ${seconds(age ?? 0)} s to be passed on`,
    zh: `有事件等待 ${seconds(age ?? 0)} 秒仍未传递`,
  }));
}

/** Space, against what is kept free: below that, pushes are refused. */
export function diskHealth(
  { total, free }: { readonly total: number; readonly free: number },
  least: { readonly bytes: number; readonly percent: number },
  /** When only what is kept is left, if it grows on as it does; null for no date. */
  { fullAt, now }: { readonly fullAt: number | null; readonly now: number },
): PartHealth {
  const needed = Math.max(least.bytes, (total * least.percent) / 100);
  const isFull = free < needed;
  const left = (fullAt ?? Number.POSITIVE_INFINITY) - now;
  return judged("disk", !isFull && left >= LAST_DAYS, () => {
    if (isFull) {
      return {
        en: `${free} bytes are free, fewer than the ${Math.ceil(needed)} that are kept: pushes are refused`,
        zh: `剩余 ${free} 字节，低于保留的 ${Math.ceil(needed)} 字节：推送被拒绝`,
      };
    }
    return {
      en: `at the growth of the last 30 days it is full in ${days(left)} days`,
      zh: `按最近 30 天的增长速度，将在 ${days(left)} 天后写满`,
    };
  });
}

/** `validTo` as certificates tell it. */
export function certificateHealth(validTo: string, now: number): PartHealth {
  const left = Date.parse(validTo) - now;
  return judged("certificate", left >= LAST_DAYS, () => {
    if (Number.isNaN(left)) return { en: "its end cannot be read", zh: "无法读取证书有效期" };
    return left <= 0
      ? { en: "it has expired", zh: "证书已过期" }
      : { en: `it expires in ${days(left)} days`, zh: `证书将在 ${days(left)} 天后过期` };
  });
}

/** `skew`: the database's clock less ours. */
export function clockHealth(skew: number): PartHealth {
  return judged("clock", Math.abs(skew) <= MOST_SKEW, () => ({
    en: `the clock of this node differs from the database's by ${seconds(skew)} s`,
    zh: `本节点时钟与数据库相差 ${seconds(skew)} 秒`,
  }));
}
