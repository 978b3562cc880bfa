import { afterEach, expect, test } from "bun:test";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { openSocket } from "../../platform/sockets/bun-socket.ts";
import type { OpenSocket } from "../../platform/sockets/port.ts";
import { parseAddress } from "../address.ts";
import { collector } from "../lane.ts";
import { Watchdog } from "../watchdog.ts";
import { Http1Lane } from "./lane.ts";

const servers: (Server | TcpServer)[] = [];
const lanes: Http1Lane[] = [];

afterEach(() => {
  for (const lane of lanes.splice(0)) lane.close();
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function laneTo(port: number, silence = 30, open: OpenSocket = openSocket): Http1Lane {
  const address = parseAddress(`http://127.0.0.1:${port}`);
  const lane = new Http1Lane(address, open, new Watchdog(silence));
  lanes.push(lane);
  return lane;
}

function http(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<number> {
  return listen(createServer(handler));
}

/** A server that speaks no HTTP by itself. */
function tcp(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(
    createTcpServer((socket) => {
      socket.on("error", () => {});
      onConnection(socket);
    }),
  );
}

test("requests follow each other on one connection", async () => {
  const ports = new Set<number | undefined>();
  const port = await http((request, response) => {
    ports.add(request.socket.remotePort);
    response.end(request.url);
  });
  const lane = laneTo(port);
  for (const target of ["/a", "/b", "/c"]) {
    const body = collector(100);
    const answer = await lane.exchange({ method: "GET", target, sink: body.sink });
    expect(answer.status).toBe(200);
    expect(body.bytes().toString()).toBe(target);
  }
  expect(ports.size).toBe(1);
});

test("a body larger than any socket buffer arrives whole, in its parts' order", async () => {
  const port = await http(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader("Digest", Bun.hash(Buffer.concat(chunks)).toString());
    response.end();
  });
  const parts = [1, 2, 3].map((n) => new Uint8Array(7_000_000 + n).fill(n));
  const answer = await laneTo(port).exchange({ method: "PUT", target: "/", body: parts });
  expect(answer.header("digest")).toBe(Bun.hash(Buffer.concat(parts)).toString());
});

test("a connection that the server closed between requests is opened anew", async () => {
  let connections = 0;
  const port = await http((_, response) => {
    response.setHeader("Connection", "close");
    response.end("x");
  });
  servers[0]?.on("connection", () => {
    connections += 1;
  });
  const lane = laneTo(port);
  await lane.exchange({ method: "GET", target: "/" });
  await lane.exchange({ method: "GET", target: "/" });
  expect(connections).toBe(2);
});

test("an answer that comes before the body was sent is taken, and the connection given up", async () => {
  let connections = 0;
  const port = await tcp((socket) => {
    connections += 1;
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    });
  });
  const lane = laneTo(port);
  const body = [new Uint8Array(64 * 1024 * 1024)];
  expect((await lane.exchange({ method: "PUT", target: "/", body })).status).toBe(413);
  expect((await lane.exchange({ method: "PUT", target: "/", body })).status).toBe(413);
  expect(connections).toBe(2);
});

test("a cut answer is a fault and not a short body", async () => {
  const port = await tcp((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
  });
  await expect(laneTo(port).exchange({ method: "GET", target: "/" })).rejects.toThrow(
    "before the answer",
  );
});

test("a request that is cut on purpose fails after so many bytes of its body", async () => {
  let seen = 0;
  let gone = () => {};
  const left = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const port = await tcp((socket) => {
    socket.on("data", (bytes) => {
      seen += bytes.length;
    });
    socket.on("close", gone);
  });
  const body = [new Uint8Array(8 * 1024 * 1024)];
  const request = { method: "PATCH", target: "/", body, cutAfter: 1024 * 1024 };
  await expect(laneTo(port).exchange(request)).rejects.toThrow("cut on purpose");
  await left;
  expect(seen).toBeLessThan(8 * 1024 * 1024);
});

test("a silent server is given up", async () => {
  const port = await tcp(() => {});
  const lane = laneTo(port, 0.2);
  await expect(lane.exchange({ method: "GET", target: "/" })).rejects.toThrow("silent");
});

test("a slow reader makes the socket wait, and still gets everything", async () => {
  const size = 4 * 1024 * 1024;
  const port = await http((_, response) => {
    response.end(Buffer.alloc(size));
  });
  const calls: string[] = [];
  const watched: OpenSocket = async (target, events) => {
    const socket = await openSocket(target, events);
    return {
      write: (bytes, from) => socket.write(bytes, from),
      close: () => socket.close(),
      pause: () => {
        calls.push("pause");
        socket.pause();
      },
      resume: () => {
        calls.push("resume");
        socket.resume();
      },
    };
  };
  const lane = laneTo(port, 30, watched);
  const answer = await lane.exchange({ method: "GET", target: "/", readRate: size * 4 });
  expect(answer.bodyLength).toBe(size);
  expect(calls.slice(0, 2)).toEqual(["pause", "resume"]);
  calls.length = 0;
  await lane.exchange({ method: "GET", target: "/" });
  expect(calls).toEqual([]);
});

test("nobody listens: the fault says where", async () => {
  const port = await http(() => {});
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await expect(laneTo(port).exchange({ method: "GET", target: "/" })).rejects.toThrow(
    `cannot connect to http://127.0.0.1:${port}`,
  );
});

test("line breaks cannot be smuggled into a head", async () => {
  const port = await http((_, response) => response.end());
  const lane = laneTo(port);
  await expect(lane.exchange({ method: "GET", target: "/ HTTP/1.1\r\nX: y" })).rejects.toThrow(
    TypeError,
  );
  const answer = await lane.exchange({ method: "GET", target: "/" });
  expect(answer.status).toBe(200);
});
