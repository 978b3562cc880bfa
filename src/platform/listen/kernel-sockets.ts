import { readdirSync, readFileSync, statSync } from "node:fs";
import { isIPv4 } from "node:net";

/** One TCP connection as Linux lists it. */
export interface KernelSocket {
  /** Local port, remote address and remote port: `socketKey` of the same connection. */
  readonly key: string;
  /** Bytes written that the peer has not acknowledged. */
  readonly unsent: number;
}

/** One socket that takes connections. */
export interface ListeningSocket {
  /** Address and port in the kernel's hexadecimal: sockets that share them form one group. */
  readonly local: string;
  readonly inode: string;
}

// proc(5), /proc/net/tcp: connections that hold a file of ours are established or half closed by the peer.
const ESTABLISHED = "01";
const CLOSE_WAIT = "08";
const LISTEN = "0A";
const TABLES = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

/** Names a connection the way `/proc/net/tcp` does: hexadecimal, words in the byte order of the machine. */
export function socketKey(localPort: number, address: string, port: number): string {
  const words = isIPv4(address) ? [ipv4Bytes(address)] : ipv6Words(address);
  return `${hexPort(localPort)} ${words.map(hexWord).join("")}:${hexPort(port)}`;
}

/** The connections of `localPorts` that this machine holds; undefined where the system does not tell. */
export function readSockets(localPorts: readonly number[]): KernelSocket[] | undefined {
  const ports = new Set(localPorts.map(hexPort));
  const tables = TABLES.map(readTable);
  if (tables[0] === undefined) return undefined;
  return tables.flatMap((table) => [...parseSockets(table ?? "", ports)]);
}

/** The sockets that take connections on `localPort`; none where the system does not tell. */
export function readListeners(localPort: number): ListeningSocket[] {
  const ports = new Set([hexPort(localPort)]);
  return TABLES.flatMap((path) => [...rows(readTable(path) ?? "", ports)])
    .filter(({ state }) => state === LISTEN)
    .map(({ local, inode }) => ({ local, inode }));
}

/** Reads a table of `/proc/net`; sockets without an inode are not accepted yet and do not count. */
export function* parseSockets(table: string, ports: ReadonlySet<string>): Generator<KernelSocket> {
  for (const { local, remote, state, queues, inode } of rows(table, ports)) {
    if (inode === "0" || (state !== ESTABLISHED && state !== CLOSE_WAIT)) continue;
    yield { key: `${local.slice(-4)} ${remote}`, unsent: Number.parseInt(queues, 16) };
  }
}

interface Row {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly queues: string;
  readonly inode: string;
}

/** The rows of `table` whose local port is among `ports`; the others are passed over unread, there may be many. */
function* rows(table: string, ports: ReadonlySet<string>): Generator<Row> {
  let start = table.indexOf("\n") + 1;
  while (start > 0) {
    const local = table.indexOf(": ", start) + 2;
    const gap = table.indexOf(" ", local);
    if (local < 2 || gap < 0) return;
    const next = table.indexOf("\n", gap) + 1;
    if (ports.has(table.slice(gap - 4, gap))) {
      const row = readRow(table.slice(local, next > 0 ? next : undefined));
      if (row !== undefined) yield row;
    }
    start = next;
  }
}

/** A row from its local address on; undefined when the end of the read cut it off. */
function readRow(line: string): Row | undefined {
  const [local, remote, state, queues, , , , , inode] = line.split(/\s+/, 9);
  if (!local || !remote || !state || !queues || !inode) return undefined;
  return { local, remote, state, queues, inode };
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
