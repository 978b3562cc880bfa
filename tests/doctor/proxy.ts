import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** What is wrong with a proxy. */
export interface Faults {
  /** Bodies of more bytes are refused with 413, as the announced length says. */
  readonly bodyLimit?: number;
  /** Nothing is passed on before the whole body is there. */
  readonly buffers?: boolean;
  /** Seconds that its clock is ahead. */
  readonly ahead?: number;
  /** Headers of answers that get lost. */
  readonly drops?: readonly string[];
  /** Headers of answers that are put in the place of the real ones. */
  readonly sets?: Readonly<Record<string, string>>;
  /** Answers with this status, whatever is asked. */
  readonly status?: number;
  /** The certificate that it ends TLS with. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Proxy {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

async function wholeOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function answered(headers: IncomingHttpHeaders, { ahead = 0, drops = [], sets = {} }: Faults) {
  const kept = Object.entries(headers).filter(([name]) => !drops.includes(name));
  const date = new Date(Date.now() + ahead * 1_000).toUTCString();
  return { ...Object.fromEntries(kept), date, ...sets };
}

async function pass(
  from: IncomingMessage,
  to: ServerResponse,
  backend: URL,
  faults: Faults,
): Promise<void> {
  const length = Number(from.headers["content-length"] ?? 0);
  if (faults.status !== undefined || length > (faults.bodyLimit ?? Number.POSITIVE_INFINITY)) {
    const html = "<html><body>nope</body></html>";
    const headers = { "content-type": "text/html", connection: "close", ...faults.sets };
    to.writeHead(faults.status ?? 413, headers).end(html);
    return;
  }
  const whole = faults.buffers === true ? await wholeOf(from) : undefined;
  const { hostname, port } = backend;
  const options = { hostname, port, path: from.url, method: from.method, headers: from.headers };
  const onward = request(options, (reply) => {
    to.writeHead(reply.statusCode ?? 502, answered(reply.headers, faults));
    reply.pipe(to);
  });
  onward.on("error", () => to.destroy());
  if (whole === undefined) from.pipe(onward);
  else onward.end(whole);
}

/** A small real proxy before a registry, which passes `Host` on. */
export async function startProxy(backend: string, faults: Faults = {}): Promise<Proxy> {
  const handle = (from: IncomingMessage, to: ServerResponse) => {
    pass(from, to, new URL(backend), faults).catch(() => to.destroy());
  };
  const server =
    faults.tls === undefined ? createServer(handle) : createTlsServer(faults.tls, handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${faults.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
