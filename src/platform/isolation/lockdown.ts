import { dlopen, ptr } from "bun:ffi";
import { arch, platform } from "node:os";
import { forbidden, type Machine, sockFilter } from "./sys-filter.ts";

const LIBRARIES = ["libc.so.6", "libc.so"];

// asm-generic/resource.h
const RLIMIT_CPU = 0;
const RLIMIT_FSIZE = 1;
const RLIMIT_CORE = 4;

// linux/prctl.h, linux/seccomp.h
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_SET_MODE_FILTER = 1n;
/** For the threads that run already, too. */
const SECCOMP_FILTER_FLAG_TSYNC = 1n;

function openLibrary() {
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, {
        setrlimit: { args: ["i32", "ptr"], returns: "i32" },
        prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
        syscall: { args: ["i64", "u64", "u64", "ptr"], returns: "i64" },
        getpid: { args: [], returns: "i32" },
      });
    } catch {
      // Another C library, or none that can be loaded.
    }
  }
  return undefined;
}

function machine(): Machine | undefined {
  const name = arch();
  return platform() === "linux" && (name === "x64" || name === "arm64") ? name : undefined;
}

/**
 * Takes from the process that calls it, for good, what work on bytes has no need of: the network,
 * files, other programs and processes, core dumps, and processor time beyond `seconds`. What it
 * reads and writes must be open, and its code loaded.
 * Gives whether the system took the filter; where it does not, the limits of the parent are left.
 */
export function lockDown(seconds: number): boolean {
  const library = openLibrary();
  if (library === undefined) return false;
  const { setrlimit, prctl, syscall, getpid } = library.symbols;
  const limit = (what: number, most: number) => {
    const pair = new BigUint64Array([BigInt(most), BigInt(most)]);
    setrlimit(what, ptr(pair));
  };
  limit(RLIMIT_CPU, seconds);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  const here = machine();
  if (here === undefined) return false;
  const filter = sockFilter(forbidden(here), here, getpid());
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, filter.byteLength / 8, true);
  program.setBigUint64(8, BigInt(ptr(filter)), true);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0) return false;
  const number = here === "x64" ? 317n : 277n;
  const done = syscall(number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, ptr(program));
  return done === 0n;
}
