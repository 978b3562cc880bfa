import type { OpenSocket, SocketEvents, SocketTarget, WireSocket } from "./port.ts";

/** One handler object for all sockets: a closure per socket and event would cost on each open. */
const handlers: Bun.SocketHandler<SocketEvents> = {
  binaryType: "buffer",
  open() {},
  data(socket, bytes) {
    socket.data.data(bytes);
  },
  drain(socket) {
    socket.data.drain();
  },
  close(socket, fault) {
    socket.data.close(fault instanceof Error ? fault : undefined);
  },
  error(socket, fault) {
    socket.data.close(fault);
    socket.terminate();
  },
  end(socket) {
    // The peer will send no more: a client that waits for an answer has nothing left to wait for.
    socket.end();
  },
};

class BunSocket implements WireSocket {
  readonly #socket: Bun.Socket<SocketEvents>;

  constructor(socket: Bun.Socket<SocketEvents>) {
    this.#socket = socket;
  }

  write(bytes: Uint8Array, from: number): number {
    return this.#socket.write(bytes, from, bytes.byteLength - from);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.terminate();
  }
}

function tlsOptions(target: SocketTarget): Bun.TLSOptions | undefined {
  const trust = target.tls;
  if (trust === undefined) return undefined;
  return {
    serverName: trust.serverName,
    rejectUnauthorized: !trust.insecure,
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
  };
}

/** Opens a TCP or TLS socket; rejects when the peer refuses or its certificate is not trusted. */
export const openSocket: OpenSocket = async (target, events) => {
  const tls = tlsOptions(target);
  if (tls === undefined) {
    const plain = await Bun.connect<SocketEvents>({
      hostname: target.hostname,
      port: target.port,
      data: events,
      socket: handlers,
    });
    return new BunSocket(plain);
  }
  return await openTls(target, tls, events);
};

/** With TLS the socket is of use only after the handshake, so that is what is waited for. */
function openTls(
  target: SocketTarget,
  tls: Bun.TLSOptions,
  events: SocketEvents,
): Promise<WireSocket> {
  return new Promise((resolve, reject) => {
    let open = false;
    Bun.connect<SocketEvents>({
      hostname: target.hostname,
      port: target.port,
      tls,
      data: {
        data: (bytes) => events.data(bytes),
        drain: () => {
          if (open) events.drain();
        },
        close: (fault) => {
          if (open) events.close(fault);
          else reject(fault ?? new Error("the connection closed during the TLS handshake"));
        },
      },
      socket: {
        ...handlers,
        open(socket) {
          // `rejectUnauthorized` alone lets this far and then closes without a word: say why.
          if (tls.rejectUnauthorized === true && !socket.authorized) {
            const why = socket.getAuthorizationError()?.message ?? "it does not verify";
            reject(new Error(`the certificate of ${target.hostname} is not trusted: ${why}`));
            socket.terminate();
            return;
          }
          open = true;
          resolve(new BunSocket(socket));
        },
      },
    }).catch(reject);
  });
}
