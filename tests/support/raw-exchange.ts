import { RawClient } from "../../src/platform/listen/testing/raw-client.ts";
import type { HttpClient } from "./http-client.ts";

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names; of repeated lines the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Everything that came, further answers included. */
  readonly text: string;
}

/** The head of a request with the client's credentials, exactly as the lines say. */
export function head(client: HttpClient, first: string, lines: readonly string[] = []): string {
  const { authorization } = client;
  const own = [
    first.endsWith("HTTP/1.1") ? first : `${first} HTTP/1.1`,
    ...(lines.some((line) => /^host *:/i.test(line)) ? [] : [`Host: ${new URL(client.url).host}`]),
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
  ];
  return `${[...own, ...lines].join("\r\n")}\r\n\r\n`;
}

export function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end < 0 ? undefined : end).split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
  return { status, headers, body: end < 0 ? "" : text.slice(end + 4), text };
}

/** Opens a connection of its own to the registry of `client`. */
export function openRaw(client: HttpClient): Promise<RawClient> {
  return RawClient.open(client.url);
}

/** Sends one request, byte by byte as given, on a connection of its own. */
export async function raw(
  client: HttpClient,
  first: string,
  lines: readonly string[] = [],
  body: string | Uint8Array = "",
): Promise<RawAnswer> {
  const connection = await openRaw(client);
  try {
    const bytes = Buffer.concat([Buffer.from(head(client, first, lines)), Buffer.from(body)]);
    connection.send(bytes);
    await connection.until(({ received, closed }) => closed || isWhole(received));
    return parseAnswer(connection.received);
  } finally {
    connection.end();
  }
}

function isWhole(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = Number(/content-length: (\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
  return received.length >= end + 4 + length;
}
