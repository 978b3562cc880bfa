const BLOCK = 512;

/** An entry of an archive as a test writes it, right or wrong. */
export interface Entry {
  readonly name: string;
  readonly body?: string | Uint8Array;
  /** The type flag; a file when left out. */
  readonly flag?: string;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds. */
  readonly mtime?: number;
  /** Claimed in the header, whatever the body has. */
  readonly size?: number;
  /** Records of a pax header before it. */
  readonly pax?: Readonly<Record<string, string>>;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function bytesOf(body: string | Uint8Array): Buffer {
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
}

/** Fills a header's checksum in. */
export function withChecksum(header: Buffer): Buffer {
  header.write("        ", 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
}

/** One header block; names too long for it are cut. */
export function header(entry: Entry): Buffer {
  const { name, body = "", flag = "0", link = "", mode = 0o644, uid = 0, gid = 0 } = entry;
  const block = Buffer.alloc(BLOCK);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write(octal(mode, 8), 100);
  block.write(octal(uid, 8), 108);
  block.write(octal(gid, 8), 116);
  block.write(octal(entry.size ?? bytesOf(body).byteLength, 12), 124);
  block.write(octal(entry.mtime ?? 0, 12), 136);
  block.write(flag, 156);
  Buffer.from(link).copy(block, 157, 0, 100);
  block.write("ustar\x0000", 257);
  return withChecksum(block);
}

export function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.byteLength % BLOCK)) % BLOCK)]);
}

/** "%d %s=%s\n" of POSIX: the length counts its own digits. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function paxOf({ name, link = "", pax = {} }: Entry): Readonly<Record<string, string>> {
  const long: Record<string, string> = {};
  if (Buffer.byteLength(name) > 100) long.path = name;
  if (Buffer.byteLength(link) > 100) long.linkpath = link;
  return { ...long, ...pax };
}

/** One entry, with the pax header that its names need. */
export function packed(entry: Entry): Buffer {
  const records = Object.entries(paxOf(entry)).map(([key, value]) => paxRecord(key, value));
  const body = padded(bytesOf(entry.body ?? ""));
  if (records.length === 0) return Buffer.concat([header(entry), body]);
  const text = Buffer.from(records.join(""));
  const before = header({ name: "PaxHeaders/x", flag: "x", body: text });
  return Buffer.concat([before, padded(text), header(entry), body]);
}

export const END = Buffer.alloc(2 * BLOCK);

/** A whole archive. */
export function archive(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(packed), END]);
}
