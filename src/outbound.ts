import { readFile } from "node:fs/promises";
import type { Config } from "./config/schema.ts";
import { openOutbound } from "./platform/outbound/outbound.ts";
import type { Outbound } from "./platform/outbound/port.ts";

/** The one client for every URL that a user can name (law 8). */
export async function outboundOf({ outbound }: Config): Promise<Outbound> {
  const { allow, caFile } = outbound;
  if (caFile === "") return openOutbound({ allow });
  return openOutbound({ allow, ca: [await readFile(caFile, "utf8")] });
}
