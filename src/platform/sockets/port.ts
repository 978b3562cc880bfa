/** How a TLS peer is trusted. */
export interface TlsTrust {
  /** The name the certificate must carry; also sent as SNI. */
  readonly serverName: string;
  /** PEM certificates to trust besides the system's own. */
  readonly ca: string | undefined;
  /** True: accept any certificate. */
  readonly insecure: boolean;
}

/** Where a socket connects to. */
export interface SocketTarget {
  readonly hostname: string;
  readonly port: number;
  readonly tls: TlsTrust | undefined;
}

/** What a socket tells its owner. Each is called on the event loop, never inside `write`. */
export interface SocketEvents {
  /** Bytes arrived. They belong to the receiver and may be kept. */
  data(bytes: Uint8Array): void;
  /** The socket takes bytes again after a `write` that took fewer than it was given. */
  drain(): void;
  /** The socket is gone; called once, whoever closed it. */
  close(fault: Error | undefined): void;
}

/** One open stream socket with back-pressure in both directions. */
export interface WireSocket {
  /** Hands over bytes from `from` on; returns how many were taken, or -1 when the socket is closed. */
  write(bytes: Uint8Array, from: number): number;
  /** Stops reading, so that the peer feels a slow reader. */
  pause(): void;
  resume(): void;
  /** Cuts the connection at once. */
  close(): void;
}

/** Opens sockets. */
export type OpenSocket = (target: SocketTarget, events: SocketEvents) => Promise<WireSocket>;
