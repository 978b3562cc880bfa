import { Cron } from "croner";
import { z } from "zod";
import { Secret } from "../kernel/secret.ts";
import { isNetwork, parseListenAddress, parseOrigin } from "./addresses.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "./units.ts";

/** Words in both languages of the product. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/**
 * A kind of value that a key may hold. Its schema takes what YAML gives (a string, number, boolean
 * or list) as well as what the environment and the command line give (always strings).
 */
export interface Kind<T> {
  readonly schema: z.ZodType<T, unknown>;
  /** What is allowed, to complete "allowed: …". */
  readonly allowed: Words;
  /** Writes a value the way a person would put it into the file. */
  show(value: T): unknown;
}

/** A kind made from a function that gives `undefined` for what is not of the kind. */
function kind<T>(
  read: (input: unknown) => T | undefined,
  allowed: Words,
  show: (value: T) => unknown = (value) => value,
): Kind<T> {
  const schema = z.unknown().transform((input, context): T => {
    const value = read(input);
    if (value !== undefined) return value;
    // The words come from `allowed`: the schema itself knows no language.
    context.addIssue({ code: "custom", message: "not allowed" });
    return z.NEVER;
  });
  return { schema, allowed, show };
}

function asText(input: unknown): string | undefined {
  if (typeof input === "string") return input.trim();
  return typeof input === "number" && Number.isFinite(input) ? String(input) : undefined;
}

/** Text that `accept` allows; by default anything without control characters. */
export function text(
  allowed: Words,
  accept: (text: string) => boolean = (value) => !/\p{Cc}/u.test(value),
): Kind<string> {
  return kind((input) => {
    const value = asText(input);
    return value !== undefined && accept(value) ? value : undefined;
  }, allowed);
}

export function path(): Kind<string> {
  return text({ en: "a path", zh: "路径" }, (value) => value !== "" && !value.includes("\0"));
}

/** A secret; empty text means that it is not set. */
export function secret(
  allowed: Words,
  accept: (value: string) => boolean,
): Kind<Secret | undefined> {
  const schema = z.unknown().transform((input, context): Secret | undefined => {
    const value = typeof input === "string" ? input : asText(input);
    if (value === "") return undefined;
    if (value !== undefined && accept(value)) return new Secret(value);
    context.addIssue({ code: "custom", message: "not allowed" });
    return z.NEVER;
  });
  return { schema, allowed, show: (value) => (value === undefined ? "" : String(value)) };
}

export function boolean(): Kind<boolean> {
  const words: Readonly<Record<string, boolean>> = { true: true, false: false };
  return kind(
    (input) => (typeof input === "boolean" ? input : words[asText(input)?.toLowerCase() ?? ""]),
    { en: "`true` or `false`", zh: "`true` 或 `false`" },
  );
}

export function integer(least: number, most: number): Kind<number> {
  return kind(
    (input) => {
      const value = asText(input);
      if (value === undefined || !/^\d{1,15}$/.test(value)) return undefined;
      return within(Number(value), least, most);
    },
    {
      en: `a whole number from ${least} to ${most}`,
      zh: `${least} 到 ${most} 之间的整数`,
    },
  );
}

export function choice<const T extends string>(...words: readonly [T, ...T[]]): Kind<T> {
  const listed = words.map((word) => `\`${word}\``);
  return kind((input) => words.find((word) => word === asText(input)), {
    en: `one of ${listed.join(", ")}`,
    zh: `${listed.join("、")} 之一`,
  });
}

/** A duration, in milliseconds. */
export function duration(least: number, most: number): Kind<number> {
  const [from, to] = [formatDuration(least), formatDuration(most)];
  return kind(
    (input) => within(parseDuration(asText(input) ?? ""), least, most),
    {
      en: `a duration with its unit, such as \`30s\`, \`24h\` or \`7d\`, from ${from} to ${to}`,
      zh: `带单位的时长，如 \`30s\`、\`24h\`、\`7d\`，范围 ${from} 到 ${to}`,
    },
    formatDuration,
  );
}

/** A size, in bytes. */
export function size(least: number): Kind<number> {
  const from = formatSize(least);
  return kind(
    (input) => within(parseSize(asText(input) ?? ""), least, Number.MAX_SAFE_INTEGER),
    {
      en: `a size such as \`512MiB\`, \`1GiB\` or \`20GB\`, at least ${from}`,
      zh: `大小，如 \`512MiB\`、\`1GiB\`、\`20GB\`，至少 ${from}`,
    },
    formatSize,
  );
}

/** `base`, or a word that stands for having none. */
export function orWord<T, const W extends string>(base: Kind<T>, word: W): Kind<T | W> {
  return {
    schema: z.union([z.literal(word), base.schema]),
    allowed: {
      en: `\`${word}\`, or ${base.allowed.en}`,
      zh: `\`${word}\`，或${base.allowed.zh}`,
    },
    show: (value) => (value === word ? value : base.show(value as T)),
  };
}

/** A list; the environment and the command line separate its members by commas. */
export function listOf(base: Kind<string>, atLeast: number): Kind<string[]> {
  const member = (item: unknown) => base.schema.safeParse(item);
  return kind(
    (input) => {
      const items = typeof input === "string" ? input.split(",") : input;
      if (!Array.isArray(items)) return undefined;
      const given = items.filter((item) => typeof item !== "string" || item.trim() !== "");
      const read = given.map(member);
      if (given.length < atLeast || !read.every((each) => each.success)) return undefined;
      return [...new Set(read.map((each) => each.data))];
    },
    { en: `a list of: ${base.allowed.en}`, zh: `列表，每项为：${base.allowed.zh}` },
  );
}

function isCron(value: string): boolean {
  if (value.split(/\s+/).length !== 5) return false;
  try {
    return new Cron(value, { timezone: "UTC", paused: true, mode: "5-part" }).nextRun() !== null;
  } catch {
    return false;
  }
}

/** Times that come back, as five fields. */
export function cronPattern(): Kind<string> {
  return text(
    {
      en: "five fields of cron (minute, hour, day, month, weekday), such as `30 2 * * *`",
      zh: "cron 的五个字段（分、时、日、月、星期），如 `30 2 * * *`",
    },
    isCron,
  );
}

export function listenAddress(): Kind<string> {
  return text(
    {
      en: "`127.0.0.1:5000`, `[::1]:5000`, `0.0.0.0:5000` (all networks) or `unix:/run/entrepot.sock`",
      zh: "`127.0.0.1:5000`、`[::1]:5000`、`0.0.0.0:5000`（所有网络）或 `unix:/run/entrepot.sock`",
    },
    (value) => parseListenAddress(value) !== undefined,
  );
}

export function network(): Kind<string> {
  return text(
    {
      en: "an IP address, a network such as `10.0.0.0/8` or `fd00::/8`, or `unix` for unix sockets",
      zh: "IP 地址、网段（如 `10.0.0.0/8`、`fd00::/8`），或表示 unix 套接字的 `unix`",
    },
    (value) => value === "unix" || isNetwork(value),
  );
}

/** A public URL without a path, kept as its origin; empty text means that there is none. */
export function origin(): Kind<string> {
  return kind(
    (input) => {
      const value = asText(input);
      return value === undefined || value === "" ? value : parseOrigin(value);
    },
    {
      en: "`http://` or `https://`, a host and perhaps a port, without a path",
      zh: "`http://` 或 `https://` 加主机和可选端口，不含路径",
    },
  );
}

/** `base`, or nothing at all (empty text). */
export function optional(base: Kind<string>): Kind<string> {
  return {
    schema: z.union([z.literal(""), base.schema]),
    allowed: { en: `empty, or ${base.allowed.en}`, zh: `留空，或${base.allowed.zh}` },
    show: base.show,
  };
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}
