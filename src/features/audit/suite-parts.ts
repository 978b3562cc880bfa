import { Secret } from "../../kernel/secret.ts";
import { openKeyring } from "../../platform/sealing/keyring.ts";
import type { LogFields, Logger } from "../../platform/telemetry/telemetry.ts";
import { type AuditEntry, type Doer, done } from "./entry.ts";

export const writerEntry = new URL("./suite-writer.ts", import.meta.url);
export const keyring = openKeyring([new Secret("the key that this suite seals with")]);

/** A log that remembers its lines. */
export interface RememberingLogger extends Logger {
  readonly lines: {
    readonly level: string;
    readonly message: string;
    readonly fields: LogFields;
  }[];
}

export function rememberingLogger(): RememberingLogger {
  const lines: RememberingLogger["lines"] = [];
  const at = (level: string) => (fields: LogFields, message: string) => {
    lines.push({ level, message, fields });
  };
  const logger: RememberingLogger = {
    lines,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    child: () => logger,
  };
  return logger;
}

export function user(id: string, more: Partial<Doer> = {}): Doer {
  return {
    id,
    kind: "user",
    name: `name of ${id}`,
    via: "personal",
    credentialId: "token-1",
    address: "192.0.2.7",
    requestId: "request-1",
    ...more,
  };
}

export function tagMove(name: string, more: Partial<AuditEntry> = {}): AuditEntry {
  const object = { kind: "tag", id: `id-${name}`, name };
  return { ...done("tag.move", object, { project: "project-1", details: { from: 1 } }), ...more };
}

/** What a promise was rejected with; undefined when it was not. */
export function faultOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
