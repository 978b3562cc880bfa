import type { SyslogSender, SyslogTarget } from "./port.ts";
import { streamSender } from "./stream.ts";
import { udpSender } from "./udp.ts";

/** A sender to a target; it connects with the first message. */
export function openSyslog(target: SyslogTarget): SyslogSender {
  return target.protocol === "udp" ? udpSender(target) : streamSender(target);
}
