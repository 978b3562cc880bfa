import { readdirSync, readFileSync, statSync } from "node:fs";
import { isIPv4 } from "node:net";

/** One TCP connection as Linux lists it. */
export interface KernelSocket {
  /** Local port, remote address and remote port: `socketKey` of the same connection. */
  readonly key: string;
  /** Bytes written that the peer has not acknowledged. */
  readonly unsent: number;
}

// proc(5), /proc/net/tcp: connections that hold a file of ours are established or half closed by the peer.
const ESTABLISHED = "01";
const CLOSE_WAIT = "08";

/** Names a connection the way `/proc/net/tcp` does: hexadecimal, words in the byte order of the machine. */
export function socketKey(localPort: number, address: string, port: number): string {
  const words = isIPv4(address) ? [ipv4Bytes(address)] : ipv6Words(address);
  return `${hexPort(localPort)} ${words.map(hexWord).join("")}:${hexPort(port)}`;
}

/** The connections of `localPorts` that this machine holds; undefined where the system does not tell. */
export function readSockets(localPorts: readonly number[]): KernelSocket[] | undefined {
  const ports = new Set(localPorts.map(hexPort));
  const four = readTable("/proc/self/net/tcp");
  if (four === undefined) return undefined;
  return [
    ...parseSockets(four, ports),
    ...parseSockets(readTable("/proc/self/net/tcp6") ?? "", ports),
  ];
}

/** Reads a table of `/proc/net`; sockets without an inode are not accepted yet and do not count. */
export function* parseSockets(table: string, ports: ReadonlySet<string>): Generator<KernelSocket> {
  for (let start = table.indexOf("\n") + 1; start > 0 && start < table.length; ) {
    const end = table.indexOf("\n", start);
    const line = end < 0 ? table.slice(start) : table.slice(start, end);
    start = end < 0 ? table.length : end + 1;
    const fields = line.trim().split(/\s+/, 10);
    const [, local = "", remote = "", state, queues = ""] = fields;
    const port = local.slice(-4);
    if (!ports.has(port) || (state !== ESTABLISHED && state !== CLOSE_WAIT)) continue;
    if (fields[9] === undefined || fields[9] === "0") continue;
    yield { key: `${port} ${remote}`, unsent: Number.parseInt(queues, 16) };
  }
}

/** How many files and sockets this process has open; undefined where the system does not tell. */
export function openFiles(): number | undefined {
  try {
    // Linux 6.2 and newer give the number as the folder's size, for the price of one call.
    const { size } = statSync("/proc/self/fd");
    return size > 0 ? size : readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}

/** How many files and sockets this process may have open; undefined where the system does not tell. */
export function openFilesLimit(): number | undefined {
  const limits = readTable("/proc/self/limits");
  const soft = limits === undefined ? undefined : /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

function readTable(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

function hexWord(bytes: readonly number[]): string {
  return bytes
    .toReversed()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
    .join("");
}

function ipv4Bytes(address: string): number[] {
  return address.split(".").map(Number);
}

function ipv6Words(address: string): number[][] {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const tail = dotted?.[2] === undefined ? [] : ipv4Bytes(dotted[2]);
  const text = dotted?.[1] === undefined ? address : dotted[1].replace(/([^:]):$/, "$1");
  const [left = "", right] = text.split("::", 2);
  const head = groups(left);
  const rest = [...groups(right ?? ""), ...tail];
  const zeros = Array.from({ length: Math.max(0, 16 - head.length - rest.length) }, () => 0);
  const bytes = [...head, ...zeros, ...rest];
  return [0, 4, 8, 12].map((start) => bytes.slice(start, start + 4));
}

function groups(text: string): number[] {
  return text
    .split(":")
    .filter((group) => group !== "")
    .flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 255];
    });
}
