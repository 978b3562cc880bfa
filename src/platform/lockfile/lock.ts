import { dlopen, FFIType } from "bun:ffi";
import * as fs from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { failure } from "../../kernel/errors/catalogue.ts";

/** flock(2): LOCK_EX | LOCK_NB. */
const EXCLUSIVE_AT_ONCE = 2 | 4;
const LOCK_FILE = ".lock";

/** Where the C library is called what: glibc, musl, macOS. */
const LIBRARIES =
  process.platform === "darwin"
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`, "libc.so"];

export interface FolderLock {
  /** Gives the folder up. Idempotent. */
  release(): void;
}

/**
 * Takes a folder for this process alone; `path` must exist.
 *
 * The lock is the kernel's (flock on `<path>/.lock`): it goes with the process even on `kill -9`,
 * needs no cleaning up after a power cut, and holds against a container that shares the folder. The
 * file itself stays, since removing it would let two processes lock two files of one name.
 *
 * Throws `service.folder_locked` when another process has the folder, and the system's error when
 * the lock file cannot be made.
 */
export function lockFolder(path: string): FolderLock {
  const file = join(path, LOCK_FILE);
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  try {
    if (flock(fd, EXCLUSIVE_AT_ONCE) !== 0) {
      throw failure("service.folder_locked", { path, holder: holderOf(fd) });
    }
    fs.ftruncateSync(fd);
    fs.writeSync(fd, `${process.pid} ${hostname()}\n`, 0);
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  let held = true;
  return {
    release() {
      if (held) fs.closeSync(fd);
      held = false;
    },
  };
}

/** Who wrote itself down last: `<pid> <host>`. */
function holderOf(fd: number): string {
  const text = Buffer.alloc(256);
  const size = fs.readSync(fd, text, 0, text.length, 0);
  const found = /^\d+ [\w.-]+/.exec(text.toString("latin1", 0, size));
  return found?.[0] ?? "?";
}

function flock(fd: number, operation: number): number {
  const failures: unknown[] = [];
  for (const name of LIBRARIES) {
    try {
      const library = dlopen(name, {
        flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
      });
      const result = library.symbols.flock(fd, operation);
      library.close();
      return result;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, "the system's C library could not be loaded");
}
