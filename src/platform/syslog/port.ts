/** Where messages go. */
export interface SyslogTarget {
  readonly protocol: "udp" | "tcp" | "tls";
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** The authority (PEM) that the server's certificate must come from; else the system's. */
  readonly ca?: string | undefined;
}

/** Sends finished messages; whoever calls keeps them until they are sent. */
export interface SyslogSender {
  /**
   * Resolves when all were handed over and the connection outlived it. Rejects when it is not
   * known what of them arrived: then send all of them again. One call at a time.
   */
  send(messages: readonly Uint8Array[]): Promise<void>;
  close(): void;
}

/** Reads `udp://`, `tcp://` or `tls://host:port`. Throws TypeError for anything else. */
export function syslogTarget(url: string, ca?: string): SyslogTarget {
  const { protocol, hostname, port } = new URL(url);
  const kind = protocol.slice(0, -1);
  if ((kind !== "udp" && kind !== "tcp" && kind !== "tls") || hostname === "" || port === "") {
    throw new TypeError(`not an address of a syslog server: ${url}`);
  }
  const host = hostname.replace(/^\[|\]$/g, "");
  return { protocol: kind, host, port: Number(port), ca };
}
