import type { Patient } from "./patient.ts";
import { type Ask, exchange, type Reply } from "./wire.ts";

/** Asks the registry; undefined where no connection or no answer came of it. */
export async function ask(
  { learned: { way }, target: { prefix } }: Patient,
  request: Ask,
): Promise<Reply | undefined> {
  if (way === undefined) return undefined;
  // What the registry itself names (its token service, uploads) has the prefix already.
  const isWhole = request.target.startsWith(`${prefix}/`);
  const target = isWhole ? request.target : `${prefix}${request.target}`;
  try {
    return await exchange(way, { ...request, target });
  } catch {
    // What is wrong with connections has checks of its own; here it is only that nothing came.
    return undefined;
  }
}

/** Reads JSON; undefined for what is none. */
export function jsonOf(reply: Reply | undefined): unknown {
  if (reply === undefined) return undefined;
  try {
    return JSON.parse(reply.text);
  } catch {
    return undefined;
  }
}

/** Asks the REST interface, as whoever the credential is of. */
export async function askApi(
  patient: Patient,
  method: string,
  target: string,
  body?: unknown,
): Promise<Reply | undefined> {
  const { proof } = patient.learned;
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body), "utf8");
  return await ask(patient, {
    method,
    target: `/api/v1${target}`,
    headers: {
      accept: "application/json",
      "accept-language": patient.language === "zh" ? "zh-CN" : "en",
      ...(proof === undefined ? {} : { authorization: proof }),
      ...(bytes === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(bytes === undefined ? {} : { body: bytes }),
  });
}
