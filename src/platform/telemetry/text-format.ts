import { escapeForLog } from "./escape.ts";

const LEVELS: Readonly<Record<string, string>> = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO ",
  warn: "WARN ",
  error: "ERROR",
  fatal: "FATAL",
};
const MOST = 4_096;

interface LoggedError {
  readonly type?: string;
  readonly message?: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

function valueText(value: unknown): string {
  if (typeof value === "number") return String(value);
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  const safe = escapeForLog(text, MOST);
  return safe === "" || /[\s"=]/.test(safe) ? JSON.stringify(safe) : safe;
}

function errorLines(error: LoggedError, prefix: string): string[] {
  const { type = "Error", message = "", code, stack = "", cause } = error;
  const head = `${prefix}${type}: ${message}${code === undefined ? "" : ` [${code}]`}`;
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const lines = [head, ...frames].map((line) => `    ${escapeForLog(line.trimStart(), MOST)}`);
  return cause === undefined ? lines : [...lines, ...errorLines(cause, "caused by ")];
}

/** `key=value` for each field that has a value. */
export function formatFields(fields: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) text += `${text === "" ? "" : " "}${key}=${valueText(value)}`;
  }
  return text;
}

/**
 * One JSON log line as text for people: time, level, message, `key=value`, and the stack of an
 * error on indented lines of its own. What came from outside cannot begin a line.
 */
export function formatAsText(json: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const head = `${String(time)} ${LEVELS[String(level)] ?? String(level)} ${escapeForLog(String(msg ?? ""), MOST)}`;
  const pairs = formatFields(fields);
  const lines = [pairs === "" ? head : `${head} ${pairs}`];
  if (typeof err === "object" && err !== null) lines.push(...errorLines(err as LoggedError, ""));
  return `${lines.join("\n")}\n`;
}
