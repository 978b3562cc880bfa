import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import type { SyslogSender, SyslogTarget } from "./port.ts";

/** RFC 5426: one message a datagram. What gets lost on the way, nobody learns of. */
export function udpSender({ host, port }: SyslogTarget): SyslogSender {
  return {
    async send(messages) {
      // Asked each time: the server may have moved.
      const { address, family } = await lookup(host);
      const socket = createSocket(family === 6 ? "udp6" : "udp4");
      try {
        await new Promise<void>((resolve, reject) => {
          socket.once("error", reject);
          socket.bind(0, resolve);
        });
        for (const message of messages) {
          await new Promise<void>((resolve, reject) => {
            socket.send(message, port, address, (error) =>
              error === null || error === undefined ? resolve() : reject(error),
            );
          });
        }
      } finally {
        socket.close();
      }
    },
    close() {},
  };
}
