import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { selfSigned } from "../listen/testing/self-signed.ts";
import type { SyslogTarget } from "./port.ts";

/** A syslog server that keeps what it gets. */
export interface Collector {
  readonly target: SyslogTarget;
  readonly messages: string[];
  /** Resolves once there are `count` messages. */
  received(count: number): Promise<readonly string[]>;
  /** Cuts all connections, and takes new ones. */
  cut(): void;
  close(): Promise<void>;
}

/** Takes octet-counted frames (RFC 6587) out of what arrived; throws when it is anything else. */
function unframe(bytes: Buffer): { readonly messages: string[]; readonly rest: Buffer } {
  const messages: string[] = [];
  for (;;) {
    const space = bytes.indexOf(0x20);
    if (space === -1) return { messages, rest: bytes };
    const head = bytes.toString("latin1", 0, space);
    if (!/^[1-9]\d{0,5}$/.test(head)) throw new SyntaxError(`not a frame: ${head}`);
    const end = space + 1 + Number(head);
    if (bytes.length < end) return { messages, rest: bytes };
    messages.push(bytes.toString("utf8", space + 1, end));
    bytes = bytes.subarray(end);
  }
}

function keeping() {
  const messages: string[] = [];
  let waiting: { count: number; resolve: (messages: readonly string[]) => void }[] = [];
  return {
    messages,
    keep(...more: string[]) {
      messages.push(...more);
      for (const each of waiting) if (messages.length >= each.count) each.resolve(messages);
      waiting = waiting.filter((each) => messages.length < each.count);
    },
    received: (count: number) =>
      new Promise<readonly string[]>((resolve) => {
        if (messages.length >= count) resolve(messages);
        else waiting.push({ count, resolve });
      }),
  };
}

export async function collectUdp(): Promise<Collector> {
  const socket = createSocket("udp4");
  const { messages, keep, received } = keeping();
  socket.on("message", (message) => keep(message.toString("utf8")));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const target = { protocol: "udp", host: "127.0.0.1", port: socket.address().port } as const;
  return { target, messages, received, cut() {}, close: async () => void socket.close() };
}

export async function collectStream(protocol: "tcp" | "tls", port = 0): Promise<Collector> {
  const { messages, keep, received } = keeping();
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket);
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (piece) => {
      try {
        const taken = unframe(Buffer.concat([rest, Buffer.from(piece)]));
        rest = taken.rest;
        keep(...taken.messages);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const certificate = selfSigned("localhost");
  const server: Server =
    protocol === "tcp" ? createServer(accept) : createTlsServer({ ...certificate }, accept);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const bound = (server.address() as AddressInfo).port;
  const ca = protocol === "tls" ? certificate.cert : undefined;
  return {
    target: { protocol, host: "127.0.0.1", port: bound, ca },
    messages,
    received,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
