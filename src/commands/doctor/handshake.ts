import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity, connect, type PeerCertificate } from "node:tls";
import { reasonOf, Silence } from "./wire.ts";

/** What a handshake told. */
export interface Handshake {
  /** Why the chain is not trusted: OpenSSL's name for it; undefined when it is. */
  readonly distrust: string | undefined;
  readonly isOfHost: boolean;
  /** The server's own certificate. */
  readonly leaf: X509Certificate;
  /** How many certificates came with it. */
  readonly length: number;
}

export interface Peer {
  readonly address: string;
  readonly port: number;
  readonly host: string;
}

const DEADLINE = 10_000;

/** The certificates that were sent, the server's own first. */
function chainOf(peer: PeerCertificate | undefined): Buffer[] {
  const chain: Buffer[] = [];
  let at: unknown = peer;
  while (typeof at === "object" && at !== null && "raw" in at && at.raw instanceof Buffer) {
    const { raw } = at;
    if (chain.some((each) => each.equals(raw))) break;
    chain.push(raw);
    at = "issuerCertificate" in at ? at.issuerCertificate : undefined;
  }
  return chain;
}

/** Shakes hands, trusting these certificates, and tells what came of it. Throws what the socket throws. */
export function shakeHands(
  { address, port, host }: Peer,
  roots: readonly string[],
): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const names = isIP(host) === 0 ? { servername: host } : {};
    const options = { host: address, port, ...names, ca: [...roots], rejectUnauthorized: false };
    const socket = connect(options, () => {
      const peer = socket.getPeerCertificate(true);
      const { authorizationError } = socket;
      socket.destroy();
      const leaf = new X509Certificate(peer.raw);
      const why = authorizationError as unknown;
      const distrust =
        why === undefined || why === null
          ? undefined
          : typeof why === "string"
            ? why
            : reasonOf(why);
      const isOfHost = checkServerIdentity(host, peer) === undefined;
      const isName = distrust === "ERR_TLS_CERT_ALTNAME_INVALID";
      const { length } = chainOf(peer);
      resolve({ distrust: isName ? undefined : distrust, isOfHost, leaf, length });
    });
    socket.setTimeout(DEADLINE, () => socket.destroy(new Silence()));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
}

/** Whether what came is that the other side does not speak TLS. */
export function isNotTls(error: unknown): boolean {
  return /WRONG_VERSION|HTTP_REQUEST|UNEXPECTED_MESSAGE|PACKET_LENGTH|EPROTO/.test(
    `${reasonOf(error)} ${error instanceof Error ? error.message : ""}`,
  );
}
