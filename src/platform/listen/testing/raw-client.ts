import { connect, type Socket } from "node:net";

/** A socket of a test: sends exactly the bytes it is told to, and keeps what comes back. */
export class RawClient {
  readonly socket: Socket;
  received = "";
  bytes = 0;
  closed = false;
  error = "";
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.bytes += chunk.length;
      // Bodies may be large: only what comes first is looked at.
      if (this.received.length < 65_536) this.received += chunk.toString("latin1");
      this.#wake();
    });
    socket.on("error", (error) => {
      this.error = error.message;
    });
    socket.on("close", () => {
      this.closed = true;
      this.#wake();
    });
  }

  /** Connects to `http://HOST:PORT` or `unix:/PATH`, as `Listening.urls` names them. */
  static async open(url: string): Promise<RawClient> {
    const socket = url.startsWith("unix:")
      ? connect(url.slice("unix:".length))
      : connect(Number(new URL(url).port), new URL(url).hostname.replace(/^\[(.*)\]$/, "$1"));
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  send(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  /** Resolves when `met` holds; it is asked whenever something arrives or the connection closes. */
  async until(met: (client: RawClient) => boolean): Promise<void> {
    while (!met(this)) {
      if (this.closed) throw new Error(`closed while waiting; ${this.error} got: ${this.received}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  untilClosed(): Promise<void> {
    return this.until((client) => client.closed);
  }

  /** Sends a request and resolves with the whole answer, which must come with a Content-Length. */
  async ask(request: string): Promise<string> {
    this.received = "";
    this.send(request);
    await this.until(({ received, closed }) => isWhole(received) || closed);
    return this.received;
  }

  end(): void {
    this.socket.destroy();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** One shot: connects, asks, and closes. */
export async function askOnce(url: string, request: string): Promise<string> {
  const client = await RawClient.open(url);
  try {
    return await client.ask(request);
  } finally {
    client.end();
  }
}

function isWhole(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(received.slice(0, end))?.[1];
  return received.length >= end + 4 + Number(length ?? 0);
}
