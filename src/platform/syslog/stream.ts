import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SyslogSender, SyslogTarget } from "./port.ts";

export interface StreamTiming {
  readonly connectMs: number;
  /** A server that takes nothing for so long counts as gone. */
  readonly writeMs: number;
  /** How long a connection must live on before what was written counts as sent. */
  readonly settleMs: number;
}

const TIMING: StreamTiming = { connectMs: 10_000, writeMs: 30_000, settleMs: 100 };

/** RFC 6587, section 3.4.1 (and RFC 5425): `<length in bytes> <message>`. */
export function frame(messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => [Buffer.from(`${message.byteLength} `), message]),
  );
}

function open({ protocol, host, port, ca }: SyslogTarget): Socket {
  if (protocol === "tcp") return connectTcp({ host, port });
  return connectTls({
    host,
    port,
    // RFC 6066: no addresses in SNI.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    minVersion: "TLSv1.2",
  });
}

/** Rejects when `socket` ends first, or nothing happens for `ms`. */
function until(
  socket: Socket,
  ms: number,
  what: string,
  start: (resolve: () => void, reject: (error: Error) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new Error(`the syslog server: ${what}`)), ms);
    const onError = (error: Error) => end(error);
    const onClose = () => end(new Error("the syslog server closed the connection"));
    function end(error?: Error): void {
      clearTimeout(timer);
      socket.off("error", onError);
      socket.off("close", onClose);
      socket.off("end", onClose);
      if (error === undefined) resolve();
      else reject(error);
    }
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.on("end", onClose);
    start(() => end(), end);
  });
}

/** One connection over TCP or TLS, made when needed and anew after a fault. */
export function streamSender(
  target: SyslogTarget,
  timing: Partial<StreamTiming> = {},
): SyslogSender {
  const { connectMs, writeMs, settleMs } = { ...TIMING, ...timing };
  let current: Socket | undefined;

  async function connected(): Promise<Socket> {
    if (current !== undefined && !current.destroyed && current.writable) return current;
    current?.destroy();
    const socket = open(target);
    current = socket;
    socket.setKeepAlive(true, 60_000);
    // Between two calls nobody else listens, and an error without a listener ends the process.
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
    socket.resume();
    const ready = target.protocol === "tls" ? "secureConnect" : "connect";
    await until(socket, connectMs, "no connection in time", (resolve) =>
      socket.once(ready, resolve),
    );
    return socket;
  }

  return {
    async send(messages) {
      try {
        const socket = await connected();
        await until(socket, writeMs, "it takes nothing", (resolve, reject) => {
          socket.write(frame(messages), (error) =>
            error === null || error === undefined ? resolve() : reject(error),
          );
        });
        // A peer that went away is noticed by what comes back, a moment after the write.
        await until(socket, writeMs, "it takes nothing", (resolve) => {
          setTimeout(resolve, settleMs);
        });
      } catch (error) {
        current?.destroy();
        current = undefined;
        throw error;
      }
    },
    close() {
      current?.destroy();
      current = undefined;
    },
  };
}
