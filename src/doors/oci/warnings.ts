import type { Exchange } from "./exchange.ts";
import type { Headers } from "./respond.ts";
import { pressureWords } from "./room.ts";

/** A warning as a header has it (RFC 9111 §5.5): names and numbers, without quotes or line ends. */
const spelled = (text: string) => `299 - "${text}"`;

/**
 * What the person who pushes should know though the push succeeded
 * (distribution-spec, "Warnings": `299 - "…"`, no more than 4096 bytes in all).
 */
export async function warnings(x: Exchange): Promise<Headers> {
  const texts: string[] = [];
  if ("name" in x.route && x.route.name !== x.name) {
    texts.push(`${x.route.name} is short for ${x.name}: it is stored there`);
  }
  const pressure = await pressureWords(x);
  if (pressure !== undefined) texts.push(pressure);
  return texts.length === 0 ? {} : { warning: texts.map(spelled).join(", ") };
}
