import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ResponseReader } from "../../client/http1/response-reader.ts";

/** Where exactly a request goes: past the resolver, so that each address can be looked at. */
export interface Way {
  readonly address: string;
  readonly port: number;
  /** The name that is meant: SNI, the certificate's, and `Host`. */
  readonly host: string;
  /** The value of `Host`. */
  readonly place: string;
  /** Undefined for plain HTTP; `roots` are the PEM certificates that are trusted. */
  readonly tls: { readonly roots: readonly string[] } | undefined;
}

export interface Ask {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** `Content-Length`, when more is announced than is sent. */
  readonly announced?: number;
  /** Milliseconds; else the usual ones. */
  readonly deadline?: number;
}

/** An answer; its body is kept up to a bound. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The first header of that name (lower case), or undefined. */
  header(name: string): string | undefined;
}

export const DEADLINE = 10_000;
const MOST_TEXT = 1 << 20;

/** Nothing came in time. */
export class Silence extends Error {
  constructor() {
    super("no answer in time");
    this.name = "Silence";
  }
}

/** Opens a connection; the certificate is checked where there is one. */
export function openSocket({ address, port, host, tls }: Way): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const where = { host: address, port };
    const names = isIP(host) === 0 ? { servername: host } : {};
    const socket =
      tls === undefined
        ? connectTcp(where, () => resolve(socket))
        : connectTls({ ...where, ...names, ca: [...tls.roots] }, () => resolve(socket));
    socket.setTimeout(DEADLINE, () => socket.destroy(new Silence()));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
}

function headOf({ method, target, headers = {}, body, announced }: Ask, place: string): string {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${place}`, "Connection: close"];
  for (const [name, value] of Object.entries(headers)) {
    lines.push(`${name}: ${value.replace(/[\r\n\0]/g, "")}`);
  }
  const length = announced ?? body?.byteLength ?? (method === "GET" ? undefined : 0);
  if (length !== undefined) lines.push(`Content-Length: ${length}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Writes a body as fast as it is taken, until an answer comes. */
async function pour(socket: Socket, body: Uint8Array, isOver: () => boolean): Promise<void> {
  const unit = 256 * 1024;
  for (let at = 0; at < body.byteLength && !isOver() && !socket.destroyed; at += unit) {
    if (socket.write(body.subarray(at, at + unit))) continue;
    await new Promise<void>((resolve) => {
      const go = () => resolve();
      socket.once("drain", go);
      socket.once("close", go);
      socket.once("data", go);
    });
  }
}

/** One request on a connection of its own. Throws the error of the connection, or `Silence`. */
export async function exchange(way: Way, ask: Ask): Promise<Reply> {
  const socket = await openSocket(way);
  const chunks: Buffer[] = [];
  let kept = 0;
  const reader = new ResponseReader(ask.method, (chunk) => {
    if (kept < MOST_TEXT) chunks.push(Buffer.from(chunk));
    kept += chunk.byteLength;
  });
  const sentAt = Date.now();
  try {
    const receivedAt = await new Promise<number>((resolve, reject) => {
      let isOver = false;
      const timer = setTimeout(() => reject(new Silence()), ask.deadline ?? DEADLINE);
      const end = (error?: Error) => {
        clearTimeout(timer);
        isOver = true;
        if (error === undefined) resolve(Date.now());
        else reject(error);
      };
      socket.removeAllListeners("close").removeAllListeners("error");
      socket.on("error", end);
      socket.on("close", () => {
        try {
          reader.end();
          end();
        } catch (error) {
          end(error instanceof Error ? error : new Error(String(error)));
        }
      });
      socket.on("data", (bytes: Buffer) => {
        try {
          // What follows an answer to a body that was not sent whole is of no interest.
          if (reader.push(bytes)) end();
        } catch (error) {
          end(error instanceof Error ? error : new Error(String(error)));
        }
      });
      socket.write(headOf(ask, way.place));
      if (ask.body !== undefined) void pour(socket, ask.body, () => isOver);
    });
    const text = Buffer.concat(chunks).toString("utf8");
    const header = (name: string) => reader.header(name);
    return { status: reader.status, text, sentAt, receivedAt, header };
  } finally {
    socket.destroy();
  }
}

/** The code of a system's error, or its words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
