import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Procedure } from "../port.ts";
import { canTravel, type Reply, type Request, unpackError } from "./messages.ts";
import type { Command } from "./writer-role.ts";

type Answer =
  | { readonly replies: readonly Reply[] }
  | { readonly ready: true }
  | { readonly closed: true }
  | { readonly broken: string };

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's hand on the writer thread. */
export class Writer {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #outgoing: Request[] = [];
  #next = 1;
  #stopped: Error | undefined;
  #ready: Waiting | undefined;
  #closed: (() => void) | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#receive(data);
    worker.onerror = (event) => this.#stop(new Error(`writer thread: ${event.message}`));
  }

  /** Starts the thread of `entry` and opens `file` in it. */
  static async start(entry: string | URL, file: string): Promise<Writer> {
    const writer = new Writer(new Worker(entry));
    await new Promise((resolve, reject) => {
      writer.#ready = { resolve, reject };
      writer.#post({ open: file });
    });
    return writer;
  }

  /** Requests of one turn of the event loop travel in one message. */
  write<A, R>(procedure: Procedure<A, R>, args: A): Promise<R> {
    const stopped = this.#stopped;
    if (stopped !== undefined) {
      return Promise.reject(failure("service.database_unavailable", {}, stopped));
    }
    const id = this.#next++;
    if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
    this.#outgoing.push({ id, name: procedure.name, args });
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
    });
  }

  async close(): Promise<void> {
    if (this.#stopped === undefined) {
      await new Promise<void>((resolve) => {
        this.#closed = resolve;
        this.#post({ close: true });
      });
    }
    this.#stop(new Error("the writer is closed"));
    this.#worker.terminate();
  }

  #post(command: Command): void {
    this.#worker.postMessage(command);
  }

  #flush(): void {
    const run = this.#outgoing;
    this.#outgoing = [];
    try {
      this.#post({ run });
    } catch {
      // The arguments of one are not plain data: its own call fails, and no other.
      for (const { id, name } of run.filter((request) => !canTravel(request))) {
        this.#waiting.get(id)?.reject(new TypeError(`the arguments of ${name} are not plain data`));
        this.#waiting.delete(id);
      }
      this.#post({ run: run.filter(canTravel) });
    }
  }

  #receive(answer: Answer): void {
    if ("replies" in answer) for (const reply of answer.replies) this.#settle(reply);
    else if ("ready" in answer) this.#ready?.resolve(undefined);
    else if ("closed" in answer) this.#closed?.();
    else this.#ready?.reject(failure("service.database_unavailable", {}, answer.broken));
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(unpackError(reply.error));
    else waiting?.resolve(reply.result);
  }

  #stop(reason: Error): void {
    this.#stopped = reason;
    this.#ready?.reject(reason);
    for (const { reject } of this.#waiting.values()) {
      reject(failure("service.database_unavailable", {}, reason));
    }
    this.#waiting.clear();
    this.#closed?.();
  }
}
