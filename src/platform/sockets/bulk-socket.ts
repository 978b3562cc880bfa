import { dlopen, FFIType, type Pointer, ptr } from "bun:ffi";
import { isIPv4 } from "node:net";

/**
 * Blocking reads of large answers straight through the C library. The event-driven socket allocates
 * a buffer for each read and wakes for every segment, which on two cores makes the reader and not
 * the server the limit; here one buffer is reused, and the kernel wakes the reader only when
 * `lowWater` bytes are there (SO_RCVLOWAT).
 */
export interface BulkSockets {
  /** Connects to an address (not a name) and returns the socket's number. */
  open(address: string, port: number): number;
  send(socket: number, bytes: Uint8Array): void;
  /** From now on a socket counts as readable when so many bytes are there. */
  lowWater(socket: number, bytes: number): void;
  /** The sockets that can be read, after `milliseconds` at the latest. Blocks the thread. */
  readable(sockets: readonly number[], milliseconds: number): number[];
  /** Reads what is there into `buffer`; 0 at the end of the stream. */
  receive(socket: number, buffer: Uint8Array): number;
  close(socket: number): void;
}

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_RCVLOWAT = 18;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const POLLIN = 1;
const POLL_ENTRY = 8;

function load() {
  const { i32, u32, u64, i64, pointer } = FFIType;
  return dlopen("libc.so.6", {
    socket: { args: [i32, i32, i32], returns: i32 },
    connect: { args: [i32, pointer, u32], returns: i32 },
    setsockopt: { args: [i32, i32, i32, pointer, u32], returns: i32 },
    send: { args: [i32, pointer, u64, i32], returns: i64 },
    recv: { args: [i32, pointer, u64, i32], returns: i64 },
    poll: { args: [pointer, u64, i32], returns: i32 },
    close: { args: [i32], returns: i32 },
  }).symbols;
}

type Library = ReturnType<typeof load>;

/** `struct sockaddr_in` or `sockaddr_in6` for an address in text. */
function socketAddress(address: string, port: number): { family: number; bytes: Uint8Array } {
  if (isIPv4(address)) {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, AF_INET, true);
    view.setUint16(2, port);
    bytes.set(address.split(".").map(Number), 4);
    return { family: AF_INET, bytes };
  }
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET6, true);
  view.setUint16(2, port);
  const [front = "", back] = address.split("::");
  const head = front === "" ? [] : front.split(":");
  const tail = back === undefined || back === "" ? [] : back.split(":");
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
  groups.forEach((group, index) => {
    view.setUint16(8 + 2 * index, Number.parseInt(group, 16));
  });
  return { family: AF_INET6, bytes };
}

class LibcSockets implements BulkSockets {
  readonly #libc: Library;
  readonly #option = new Int32Array(1);
  #polled = new Uint8Array(0);

  constructor(libc: Library) {
    this.#libc = libc;
  }

  open(address: string, port: number): number {
    const { family, bytes } = socketAddress(address, port);
    const socket = this.#libc.socket(family, SOCK_STREAM, 0);
    if (socket < 0) throw new Error("no socket could be made");
    if (this.#libc.connect(socket, this.#at(bytes), bytes.byteLength) !== 0) {
      this.#libc.close(socket);
      throw new Error(`cannot connect to ${address} port ${port}`);
    }
    return socket;
  }

  send(socket: number, bytes: Uint8Array): void {
    const sent = this.#libc.send(socket, this.#at(bytes), bytes.byteLength, MSG_NOSIGNAL);
    if (Number(sent) !== bytes.byteLength) throw new Error("the request could not be sent");
  }

  lowWater(socket: number, bytes: number): void {
    this.#option[0] = bytes;
    this.#libc.setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, ptr(this.#option), 4);
  }

  readable(sockets: readonly number[], milliseconds: number): number[] {
    const size = sockets.length * POLL_ENTRY;
    if (this.#polled.byteLength < size) this.#polled = new Uint8Array(size);
    const view = new DataView(this.#polled.buffer);
    sockets.forEach((socket, index) => {
      view.setInt32(index * POLL_ENTRY, socket, true);
      view.setInt16(index * POLL_ENTRY + 4, POLLIN, true);
      view.setInt16(index * POLL_ENTRY + 6, 0, true);
    });
    this.#libc.poll(ptr(this.#polled), sockets.length, milliseconds);
    return sockets.filter((_, index) => view.getInt16(index * POLL_ENTRY + 6, true) !== 0);
  }

  receive(socket: number, buffer: Uint8Array): number {
    const got = Number(this.#libc.recv(socket, this.#at(buffer), buffer.byteLength, MSG_DONTWAIT));
    if (got < 0) throw new Error("the connection broke while it was read");
    return got;
  }

  close(socket: number): void {
    this.#libc.close(socket);
  }

  #at(bytes: Uint8Array): Pointer {
    return ptr(bytes);
  }
}

let loaded: BulkSockets | null | undefined;

/** The bulk reader, or undefined where there is none (anything but Linux with glibc). */
export function bulkSockets(): BulkSockets | undefined {
  if (loaded === undefined) {
    try {
      loaded = process.platform === "linux" ? new LibcSockets(load()) : null;
    } catch {
      // Another C library: callers fall back to the event-driven socket.
      loaded = null;
    }
  }
  return loaded ?? undefined;
}
