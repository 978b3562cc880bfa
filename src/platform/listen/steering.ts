import { dlopen, ptr } from "bun:ffi";
import { readdirSync, readlinkSync } from "node:fs";
import { type ListeningSocket, readListeners } from "./kernel-sockets.ts";

// asm-generic/socket.h and linux/filter.h; Linux 4.5 and newer.
const SOL_SOCKET = 1;
const SO_ATTACH_REUSEPORT_CBPF = 51;
const BPF_RETURN_CONSTANT = 0x06;
const LIBRARIES = ["libc.so.6", "libc.so"];

/**
 * Runs `bind`, which takes a TCP port that other sockets of ours listen on, and sends every new connection to the
 * socket it made. Without this the kernel spreads connections over all of them and resets those that wait for
 * one that closes. Elsewhere than on Linux, or where it is forbidden, `bind` runs all the same.
 */
export function steerToNewest<T>(port: number, bind: () => T): T {
  const before = new Set(readListeners(port).map(({ inode }) => inode));
  const bound = bind();
  const after = readListeners(port);
  const newest = after.find(({ inode }) => !before.has(inode));
  if (newest !== undefined) steer(newest, after);
  return bound;
}

function steer(newest: ListeningSocket, all: readonly ListeningSocket[]): void {
  const file = fileOf(newest.inode);
  const group = all.filter(({ local }) => local === newest.local);
  // A socket joins its group at the end, and the program answers with a place in the group.
  // Once the others have closed the place is out of range, and the kernel spreads over what is left: the newest.
  if (file !== undefined && group.length > 1) attach(file, group.length - 1);
}

function fileOf(inode: string): number | undefined {
  for (const name of readdirSync("/proc/self/fd")) {
    if (targetOf(name) === `socket:[${inode}]`) return Number(name);
  }
  return undefined;
}

function targetOf(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    // Closed since the folder was read.
    return undefined;
  }
}

function attach(file: number, place: number): void {
  const filter = new DataView(new ArrayBuffer(8));
  filter.setUint16(0, BPF_RETURN_CONSTANT, true);
  filter.setUint32(4, place, true);
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, 1, true);
  program.setBigUint64(8, BigInt(ptr(filter)), true);
  const library = openLibrary();
  if (library === undefined) return;
  library.symbols.setsockopt(file, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, ptr(program), 16);
  library.close();
}

function openLibrary() {
  const symbols = {
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  } as const;
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, symbols);
    } catch {
      // Another C library, or none: the next name may do.
    }
  }
  return undefined;
}
