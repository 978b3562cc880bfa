import type { FileFacts, FileLayer, MaybePromise, OpenMode } from "./file-layer.ts";

/** The names of the calls, as faults name them. */
export type Call = Exclude<keyof FileLayer, "list" | "body"> | "list";

/** What goes wrong: at the `at`-th call (from 1) of `call`, or of all calls together for `any`. */
export interface Fault {
  readonly call: Call | "any";
  readonly at: number;
  /** An error number's name such as `EIO`; `short` writes half; `crash` fails this and all after it. */
  readonly fault: string;
}

/** One call that was made, for checks of their order. */
export interface LoggedCall {
  readonly call: Call;
  /** The path it names, or that of the open file. */
  readonly path: string;
  readonly to?: string;
  readonly failed: boolean;
}

/** A file layer that fails where it is told to, and writes down every call. */
export class FaultyLayer implements FileLayer {
  readonly log: LoggedCall[] = [];
  readonly #inner: FileLayer;
  readonly #faults: readonly Fault[];
  readonly #counts = new Map<Call, number>();
  readonly #paths = new Map<number, string>();
  #crashed = false;

  constructor(inner: FileLayer, faults: readonly Fault[] = []) {
    this.#inner = inner;
    this.#faults = faults;
  }

  open(path: string, mode: OpenMode): MaybePromise<number> {
    this.#pass("open", path);
    return then(this.#inner.open(path, mode), (fd) => {
      this.#paths.set(fd, path);
      return fd;
    });
  }

  /** A close always gives the file back, as the system does even where it reports a fault. */
  close(fd: number): MaybePromise<void> {
    const path = this.#pathOf(fd);
    this.#paths.delete(fd);
    return then(this.#inner.close(fd), () => {
      this.#pass("close", path);
    });
  }

  write(
    fd: number,
    pieces: readonly Uint8Array[],
    position: number,
    atOnce: boolean,
  ): MaybePromise<number> {
    if (this.#pass("write", this.#pathOf(fd)) !== "short") {
      return this.#inner.write(fd, pieces, position, atOnce);
    }
    const whole = Buffer.concat(pieces);
    const half = whole.subarray(0, Math.ceil(whole.length / 2));
    return this.#inner.write(fd, [half], position, atOnce);
  }

  read(fd: number, into: Uint8Array, position: number): MaybePromise<number> {
    const short = this.#pass("read", this.#pathOf(fd)) === "short" && into.length > 1;
    return this.#inner.read(fd, short ? into.subarray(0, into.length >> 1) : into, position);
  }

  truncate(fd: number, size: number): MaybePromise<void> {
    this.#pass("truncate", this.#pathOf(fd));
    return this.#inner.truncate(fd, size);
  }

  chmod(fd: number, mode: number): MaybePromise<void> {
    this.#pass("chmod", this.#pathOf(fd));
    return this.#inner.chmod(fd, mode);
  }

  async sync(fd: number): Promise<void> {
    this.#pass("sync", this.#pathOf(fd));
    return this.#inner.sync(fd);
  }

  async datasync(fd: number): Promise<void> {
    this.#pass("datasync", this.#pathOf(fd));
    return this.#inner.datasync(fd);
  }

  stat(path: string): MaybePromise<FileFacts> {
    this.#pass("stat", path);
    return this.#inner.stat(path);
  }

  fstat(fd: number): MaybePromise<FileFacts> {
    this.#pass("fstat", this.#pathOf(fd));
    return this.#inner.fstat(fd);
  }

  link(from: string, to: string): MaybePromise<void> {
    this.#pass("link", from, to);
    return this.#inner.link(from, to);
  }

  rename(from: string, to: string): MaybePromise<void> {
    this.#pass("rename", from, to);
    return this.#inner.rename(from, to);
  }

  unlink(path: string): MaybePromise<void> {
    this.#pass("unlink", path);
    return this.#inner.unlink(path);
  }

  mkdir(path: string): MaybePromise<void> {
    this.#pass("mkdir", path);
    return this.#inner.mkdir(path);
  }

  copy(from: string, to: string): MaybePromise<void> {
    this.#pass("copy", from, to);
    return this.#inner.copy(from, to);
  }

  list(path: string): AsyncIterable<string> {
    this.#pass("list", path);
    return this.#inner.list(path);
  }

  space(path: string): MaybePromise<{ total: number; free: number }> {
    this.#pass("space", path);
    return this.#inner.space(path);
  }

  body(path: string, span?: { start: number; end: number }): Blob {
    return this.#inner.body(path, span);
  }

  #pathOf(fd: number): string {
    return this.#paths.get(fd) ?? "";
  }

  /** Counts the call, writes it down, and throws if it is to fail. */
  #pass(call: Call, path: string, to?: string): "short" | undefined {
    const ofItsKind = (this.#counts.get(call) ?? 0) + 1;
    this.#counts.set(call, ofItsKind);
    const all = this.log.length + 1;
    const fault = this.#faults.find(
      (it) =>
        it.at === (it.call === "any" ? all : ofItsKind) && (it.call === "any" || it.call === call),
    )?.fault;
    this.#crashed ||= fault === "crash";
    const failed = this.#crashed || (fault !== undefined && fault !== "short");
    this.log.push({ call, path, failed, ...(to === undefined ? {} : { to }) });
    if (this.#crashed) throw systemError("EIO", call);
    if (failed) throw systemError(fault ?? "EIO", call);
    return fault === "short" ? "short" : undefined;
  }
}

function then<A, B>(value: MaybePromise<A>, next: (value: A) => B): MaybePromise<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** An error as the runtime throws it for a failed system call. */
export function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: injected, ${syscall}`), { code, syscall });
}
