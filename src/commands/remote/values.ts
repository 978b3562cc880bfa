import { parseDuration } from "../../config/units.ts";
import { misuse } from "./complaint.ts";

/** Milliseconds of `1h30m`. Throws `Complaint`. */
export function duration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) {
    throw misuse(
      `${text} is no duration: write 90d, 12h or 30m`,
      `${text} 不是时长：请写 90d、12h 或 30m`,
    );
  }
  return value;
}

/** The same in whole seconds. */
export function seconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Math.ceil(duration(text) / 1_000);
}

/** Milliseconds since the epoch: of an ISO time, or that long from now. */
export function momentAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  return isoTime(text) ?? now + duration(text);
}

/** Milliseconds since the epoch: of an ISO time, or that long ago. */
export function momentBefore(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  return isoTime(text) ?? now - duration(text);
}

/** `2026-01-31`, with or without a time; one without a zone is in UTC, like all that is printed. */
function isoTime(text: string): number | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, day = "", time = "00:00", zone = "Z"] = match;
  const value = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(value)) throw misuse(`${text} is no time`, `${text} 不是有效时间`);
  return value;
}

/** A time for people. */
export function timeText(time: number | null | undefined): string | null {
  if (time === null || time === undefined) return null;
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** An empty text takes the value away. */
export function orNull(text: string | undefined): string | null | undefined {
  return text === "" ? null : text;
}

export interface Limit {
  readonly actions: string[];
  readonly repositories: string[];
}

/** `pull,push@team/*,other/app` → what a credential is limited to. Throws `Complaint`. */
export function limitOf(text: string): Limit {
  const [actions = "", repositories = "", ...rest] = text.split("@");
  const split = (list: string) => list.split(",").filter((each) => each !== "");
  const limit = {
    actions: split(actions).map((each) => (/[:*]/.test(each) ? each : `repository:${each}`)),
    repositories: split(repositories),
  };
  if (rest.length > 0 || limit.actions.length === 0 || limit.repositories.length === 0) {
    throw misuse(
      `${text} is no limit: write ACTIONS@REPOSITORIES such as pull,push@team/**`,
      `${text} 不是有效的限定：请写成 操作@仓库，例如 pull,push@team/**`,
    );
  }
  return limit;
}
