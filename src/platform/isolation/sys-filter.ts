export type Machine = "x64" | "arm64";

/** What no work on bytes needs: by name the numbers on x86-64 and on AArch64 (null: there is none). */
const FORBIDDEN: Readonly<Record<string, readonly [x64: number | null, arm64: number | null]>> = {
  // The network.
  socket: [41, 198],
  connect: [42, 203],
  accept: [43, 202],
  sendto: [44, 206],
  sendmsg: [46, 211],
  bind: [49, 200],
  listen: [50, 201],
  socketpair: [53, 199],
  accept4: [288, 242],
  sendmmsg: [307, 269],
  // Files.
  open: [2, null],
  openat: [257, 56],
  openat2: [437, 437],
  creat: [85, null],
  rename: [82, null],
  renameat: [264, 38],
  renameat2: [316, 276],
  mkdir: [83, null],
  mkdirat: [258, 34],
  rmdir: [84, null],
  link: [86, null],
  linkat: [265, 37],
  unlink: [87, null],
  unlinkat: [263, 35],
  symlink: [88, null],
  symlinkat: [266, 36],
  mknod: [133, null],
  mknodat: [259, 33],
  chmod: [90, null],
  fchmodat: [268, 53],
  chown: [92, null],
  fchownat: [260, 54],
  truncate: [76, 45],
  mount: [165, 40],
  // Other programs and processes.
  fork: [57, null],
  vfork: [58, null],
  execve: [59, 221],
  execveat: [322, 281],
  kill: [62, 129],
  tkill: [200, 130],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  pidfd_getfd: [438, 438],
  prlimit64: [302, 261],
  unshare: [272, 97],
  setns: [308, 268],
  bpf: [321, 280],
  // Ways to do any of that without being seen here.
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  personality: [135, 92],
};

const TGKILL: Readonly<Record<Machine, number>> = { x64: 234, arm64: 131 };

// linux/audit.h
const ARCHITECTURE: Readonly<Record<Machine, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** Set in the numbers of the x32 calls, which are the same calls under other numbers. */
const X32 = 0x40000000;

// linux/filter.h, linux/seccomp.h
const LOAD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const AT_NUMBER = 0;
const AT_ARCHITECTURE = 4;
const AT_FIRST_ARGUMENT = 16;

export function forbidden(machine: Machine): number[] {
  return Object.values(FORBIDDEN).flatMap(([x64, arm64]) => {
    const number = machine === "x64" ? x64 : arm64;
    return number === null ? [] : [number];
  });
}

/**
 * The program that the kernel runs before each call: the forbidden ones fail with EPERM, and
 * signals reach the threads of `pid` alone.
 */
export function sockFilter(calls: readonly number[], machine: Machine, pid: number): Uint8Array {
  type Step = readonly [code: number, ifTrue: number, ifFalse: number, value: number];
  const checks: Step[] = calls.map((call, at) => [
    JUMP_IF_EQUAL,
    // To the refusal, which stands behind the rest of the checks and the six steps after them.
    calls.length - at - 1 + 5,
    0,
    call,
  ]);
  const steps: Step[] = [
    [LOAD, 0, 0, AT_ARCHITECTURE],
    [JUMP_IF_EQUAL, 1, 0, ARCHITECTURE[machine]],
    [RETURN, 0, 0, EPERM],
    [LOAD, 0, 0, AT_NUMBER],
    [JUMP_IF_AT_LEAST, calls.length + 5, 0, X32],
    ...checks,
    [JUMP_IF_EQUAL, 1, 0, TGKILL[machine]],
    [RETURN, 0, 0, ALLOW],
    [LOAD, 0, 0, AT_FIRST_ARGUMENT],
    [JUMP_IF_EQUAL, 0, 1, pid],
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, EPERM],
  ];
  const bytes = new DataView(new ArrayBuffer(steps.length * 8));
  steps.forEach(([code, ifTrue, ifFalse, value], at) => {
    bytes.setUint16(at * 8, code, true);
    bytes.setUint8(at * 8 + 2, ifTrue);
    bytes.setUint8(at * 8 + 3, ifFalse);
    bytes.setUint32(at * 8 + 4, value, true);
  });
  return new Uint8Array(bytes.buffer);
}
