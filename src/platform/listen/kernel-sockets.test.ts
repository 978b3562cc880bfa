import { expect, test } from "bun:test";
import { connect, createServer } from "node:net";
import {
  openFiles,
  openFilesLimit,
  parseSockets,
  readSockets,
  socketKey,
} from "./kernel-sockets.ts";

const TABLE = [
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  "   0: 0100007F:1388 0200007F:D431 01 000000FF:00000000 00:00000000 00000000     0        0 640 1 0 20",
  "   1: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 641 1 0 20",
  "   2: 0100007F:1389 0200007F:D432 01 00000001:00000000 00:00000000 00000000     0        0 642 1 0 20",
  "   3: 0100007F:1388 0200007F:D433 08 00000000:00000000 00:00000000 00000000     0        0 643 1 0 20",
  "   4: 0100007F:1388 0200007F:D434 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0",
  "   5: 0100007F:1388 0200007F:D435 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20",
  "",
].join("\n");

test("a table gives the accepted connections of the ports asked for", () => {
  expect([...parseSockets(TABLE, new Set(["1388"]))]).toEqual([
    { key: "1388 0200007F:D431", unsent: 255 },
    { key: "1388 0200007F:D433", unsent: 0 },
  ]);
  expect([...parseSockets("", new Set(["1388"]))]).toEqual([]);
  // Cut off in the middle of its last line.
  expect([...parseSockets(TABLE.trimEnd().slice(0, -8), new Set(["1388"]))]).toHaveLength(2);
});

test.each([
  ["127.0.0.2", "0200007F"],
  ["::1", "00000000000000000000000001000000"],
  ["::ffff:127.0.0.1", "0000000000000000FFFF00000100007F"],
  ["2001:db8::ff00:42:8329", "B80D01200000000000FF000029834200"],
  ["fe80:1:2:3:4:5:6:7", "010080FE030002000500040007000600"],
])("%s is written as the kernel writes it", (address, hex) => {
  expect(socketKey(5000, address, 0xd431)).toBe(`1388 ${hex}:D431`);
});

test.each(["127.0.0.1", "::1"])("a connection over %s is found by its key", async (host) => {
  const server = createServer((socket) => void socket.write(Buffer.alloc(1_000)));
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const client = connect(address.port, host);
  await new Promise((resolve) => client.once("data", resolve));
  const key = socketKey(address.port, host, client.localPort ?? 0);
  expect(readSockets([address.port])?.map((socket) => socket.key)).toEqual([key]);
  client.destroy();
  server.close();
});

test("the process knows its open files and their limit", () => {
  expect(openFiles()).toBeGreaterThan(3);
  expect(openFilesLimit()).toBeGreaterThan(openFiles() ?? 0);
});
