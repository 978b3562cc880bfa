import { hostname } from "node:os";
import { buildInfo } from "./config/build-info.ts";
import { redactedKeys } from "./config/redact.ts";
import type { Config } from "./config/schema.ts";
import { configWarnings } from "./config/warnings.ts";
import type { NodeFacts } from "./features/system/report.ts";

/** What this node is called, in leases, logs and reports. */
export const NODE = `${hostname()}-${process.pid}`;

export interface FactParts {
  readonly config: Config;
  /** Where each setting that was given comes from. */
  readonly origins: ReadonlyMap<string, string>;
  readonly engine: string;
  /** The folder of the bytes. */
  readonly storage: string;
  readonly startedAt: number;
}

/** What there is to say of this node, from its start on. */
export function nodeFacts(parts: FactParts): NodeFacts {
  const { config, origins, engine, storage, startedAt } = parts;
  const { bun = "" } = process.versions;
  return {
    version: buildInfo.version,
    commit: buildInfo.commit,
    node: NODE,
    startedAt,
    engine,
    data: config.data,
    runtime: `Bun ${bun} on ${process.platform}-${process.arch}`,
    storage: { kind: "folder", path: storage },
    configuration: redactedKeys(config).map(({ key, value }) => {
      return { key, value, origin: origins.get(key) ?? "default" };
    }),
    warnings: configWarnings(config, origins).map(({ key, en, zh }) => {
      return { en: `${key}: ${en}`, zh: `${key}：${zh}` };
    }),
  };
}
