import { readFile } from "node:fs/promises";
import type { Config } from "./config/schema.ts";
import { Forwarder, type ForwarderParts } from "./features/audit/forward/forwarder.ts";
import { openSyslog } from "./platform/syslog/open.ts";
import { syslogTarget } from "./platform/syslog/port.ts";

/** Begins to forward the audit log to the configured syslog server; undefined where there is none. */
export async function openForwarder(
  { audit }: Config,
  parts: Omit<ForwarderParts, "sender">,
): Promise<Forwarder | undefined> {
  if (audit.syslog === "") return undefined;
  const ca = audit.syslogCaFile === "" ? undefined : await readFile(audit.syslogCaFile, "utf8");
  const sender = openSyslog(syslogTarget(audit.syslog, ca));
  const forwarder = new Forwarder({ ...parts, sender });
  await forwarder.start();
  return forwarder;
}
