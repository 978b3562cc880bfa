import { createServer as createPlain, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import { type AddressInfo, createServer as createRaw, type Server, type Socket } from "node:net";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import { OutboundFault } from "../fault.ts";
import type { Outbound } from "../port.ts";

export interface Origin {
  readonly port: number;
  /** How many connections came in. */
  readonly connections: () => number;
}

/** Servers on loopback for one test; all end with it. */
export class Origins implements AsyncDisposable {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  async #listen(server: Server, address: string): Promise<Origin> {
    let count = 0;
    server.on("connection", (socket: Socket) => {
      count += 1;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
    });
    await new Promise<void>((done) => server.listen(0, address, done));
    this.#servers.push(server);
    return { port: (server.address() as AddressInfo).port, connections: () => count };
  }

  /** Answers plain HTTP. */
  plain(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    address = "127.0.0.1",
  ): Promise<Origin> {
    return this.#listen(createPlain(answer), address);
  }

  secure(
    pair: { cert: string; key: string },
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<Origin> {
    return this.#listen(createSecure(pair, answer), "127.0.0.1");
  }

  /** Does with each connection what a server would not. */
  raw(serve: (socket: Socket) => void): Promise<Origin> {
    return this.#listen(
      createRaw((socket) => void socket.once("data", () => serve(socket))),
      "127.0.0.1",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((done) => server.close(() => done()))),
    );
  }
}

/** A port on loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createRaw();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((done) => server.close(() => done()));
  return port;
}

/** Why a call failed, as only the log would tell: `outbound.unreachable` is checked on the way. */
export async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "outbound.unreachable") throw error;
    if (error.cause instanceof OutboundFault) return error.cause.reason;
    throw error;
  }
  throw new Error("the call did not fail");
}

/** The text of an answer. */
export async function textOf(outbound: Outbound, url: string): Promise<string> {
  const { body } = await outbound.request(url, { purpose: "workload" });
  return new TextDecoder().decode(body);
}
