import { lookup } from "node:dns/promises";
import { type BulkSockets, bulkSockets } from "../../platform/sockets/bulk-socket.ts";
import type { Address } from "../address.ts";
import type { LaneRequest } from "../lane.ts";
import { WireFault } from "../wire-fault.ts";
import { encodeRequest } from "./request-head.ts";
import { ResponseReader } from "./response-reader.ts";

const BUFFER = 1024 * 1024;
const SILENT_LIMIT_MS = 60_000;
const TURN_MS = 50;

export interface BulkOptions {
  /** Wake the reader only when so many bytes are there; 1 reads eagerly. */
  readonly lowWater: number;
  /** Called between waits, about every 50 ms: the event loop stands still meanwhile. */
  readonly tick?: () => void;
}

export interface BulkAnswer {
  readonly status: number;
  readonly bodyLength: number;
}

interface Running {
  readonly socket: number;
  readonly reader: ResponseReader;
  lowWater: number;
}

/** Whether answers of `address` can be read in bulk: plain HTTP, on a system that allows it. */
export function canDownloadInBulk(address: Address): boolean {
  return address.socket.tls === undefined && bulkSockets() !== undefined;
}

/**
 * Sends each request on a connection of its own, all at once, and reads the answers with as little
 * work as possible. It blocks the thread until all are whole: a measuring tool may, a server may not.
 */
export async function bulkDownload(
  address: Address,
  requests: readonly LaneRequest[],
  options: BulkOptions,
): Promise<readonly BulkAnswer[]> {
  const sockets = bulkSockets();
  if (sockets === undefined) throw new Error("bulk reading is not possible on this system");
  const hosts = await lookup(address.socket.hostname, { all: true });
  const opened: number[] = [];
  try {
    for (const _ of requests) opened.push(openFirst(sockets, hosts, address.socket.port));
    const running = requests.map((request, index) => {
      const socket = opened[index] ?? -1;
      sockets.send(socket, Buffer.concat([...encodeRequest(request, address.host)]));
      return { socket, reader: new ResponseReader(request.method, request.sink), lowWater: 1 };
    });
    readAll(sockets, running, options);
    return running.map(({ reader }) => ({ status: reader.status, bodyLength: reader.bodyLength }));
  } catch (fault) {
    if (fault instanceof WireFault) throw fault;
    throw new WireFault("closed", `reading from ${address.origin} failed`, fault);
  } finally {
    for (const socket of opened) sockets.close(socket);
  }
}

/** A name such as `localhost` has several addresses, and the server may listen on one of them. */
function openFirst(sockets: BulkSockets, hosts: readonly { address: string }[], port: number) {
  let refused: unknown;
  for (const { address } of hosts) {
    try {
      return sockets.open(address, port);
    } catch (fault) {
      refused = fault;
    }
  }
  throw refused;
}

function readAll(sockets: BulkSockets, all: readonly Running[], options: BulkOptions): void {
  const buffer = new Uint8Array(BUFFER);
  const left = new Map(all.map((one) => [one.socket, one]));
  let heard = performance.now();
  let ticked = heard;
  while (left.size > 0) {
    const ready = sockets.readable([...left.keys()], TURN_MS);
    const now = performance.now();
    if (now - ticked >= TURN_MS) {
      ticked = now;
      options.tick?.();
    }
    if (ready.length > 0) heard = now;
    else if (now - heard > SILENT_LIMIT_MS) {
      throw new WireFault("timeout", "the server was silent for too long");
    }
    for (const socket of ready) {
      const one = left.get(socket);
      if (one === undefined) continue;
      const got = sockets.receive(socket, buffer);
      if (got === 0) one.reader.end();
      else one.reader.push(buffer.subarray(0, got));
      if (one.reader.done) left.delete(socket);
      else adjust(sockets, one, options.lowWater);
    }
  }
}

/** The mark must never lie above what is still to come, or the last bytes would wait for ever. */
function adjust(sockets: BulkSockets, one: Running, wanted: number): void {
  const mark = Math.max(1, Math.min(wanted, one.reader.remaining));
  if (mark === one.lowWater) return;
  one.lowWater = mark;
  sockets.lowWater(one.socket, mark);
}
