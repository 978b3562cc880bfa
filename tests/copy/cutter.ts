import { createServer, type Server, Socket } from "node:net";

/** Lets so many bytes through in each direction, then cuts the connection; only the first few times. */
export class Cutter {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  url = "";
  cuts = 0;

  readonly #to: string;
  readonly #after: number;
  readonly #most: number;

  constructor(to: string, after: number, most: number) {
    this.#to = to;
    this.#after = after;
    this.#most = most;
    this.#server = createServer((near) => this.#join(near));
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (typeof address === "object" && address !== null)
      this.url = `http://127.0.0.1:${address.port}`;
    return this;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket): void {
    const { hostname, port } = new URL(this.#to);
    // A registry names itself in what it answers: only relative locations lead back here.
    const far = new Socket();
    far.connect(Number(port), hostname);
    let bytes = 0;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    const pass = (there: Socket) => (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > this.#after && this.cuts < this.#most) {
        this.cuts += 1;
        // What came before the cut arrives.
        there.write(new Uint8Array(), end);
        return;
      }
      there.write(chunk);
    };
    near.on("data", pass(far));
    far.on("data", pass(near));
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", end);
    }
  }
}
