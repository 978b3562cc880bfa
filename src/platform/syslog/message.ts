import { escapeForLog } from "../telemetry/escape.ts";

/** Severities of RFC 5424, section 6.2.1, that are in use here. */
export const severities = { error: 3, warning: 4, notice: 5, info: 6 } as const;

/** Facility 13: "log audit". */
const AUDIT = 13;

export interface SyslogMessage {
  readonly severity: keyof typeof severities;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly hostname: string;
  readonly app: string;
  readonly process: string;
  /** What kind of message it is. */
  readonly kind: string;
  readonly structured: {
    /** `name@<enterprise number>`. */
    readonly id: string;
    readonly parameters: Readonly<Record<string, string | number | null>>;
  };
  readonly text: string;
}

/** Most characters of one parameter: receivers cut long messages, and the text says it all again. */
const MOST_PARAMETER = 512;
const MOST_TEXT = 32 * 1024;

/** Header fields are printable ASCII without blanks, or `-` for none (section 6). */
function field(text: string, most: number): string {
  const plain = text.replace(/[^\x21-\x7e]/g, "_").slice(0, most);
  return plain === "" ? "-" : plain;
}

/** SD-NAME: besides, without `=`, `]` and `"` (section 6.3.2). */
function name(text: string): string {
  return field(text, 32).replace(/[=\]"]/g, "_");
}

/** PARAM-VALUE: `"`, `\` and `]` MUST be escaped (section 6.3.3). */
function value(text: string): string {
  return escapeForLog(text, MOST_PARAMETER)
    .toWellFormed()
    .replace(/["\\\]]/g, "\\$&");
}

/**
 * One message of RFC 5424 as bytes, in a single line whatever it is made of. The text goes as
 * MSG-ANY: a byte order mark in front of JSON is more than many receivers can take.
 */
export function formatMessage(message: SyslogMessage): Buffer {
  const { structured, text } = message;
  const priority = AUDIT * 8 + severities[message.severity];
  const header = [
    `<${priority}>1`,
    new Date(message.at).toISOString(),
    field(message.hostname, 255),
    field(message.app, 48),
    field(message.process, 128),
    field(message.kind, 32),
  ].join(" ");
  const parameters = Object.entries(structured.parameters)
    .filter(([, each]) => each !== null)
    .map(([key, each]) => ` ${name(key)}="${value(String(each))}"`)
    .join("");
  const body = text
    .replace(/[\r\n]+/g, " ")
    .slice(0, MOST_TEXT)
    .toWellFormed();
  return Buffer.from(`${header} [${name(structured.id)}${parameters}] ${body}`);
}
