import type { OpenSocket, WireSocket } from "../../platform/sockets/port.ts";
import type { Address } from "../address.ts";
import type { BodyStream, Lane, LaneRequest, LaneResponse } from "../lane.ts";
import type { Watchdog, Watched } from "../watchdog.ts";
import { WireFault } from "../wire-fault.ts";
import { encodeRequest } from "./request-head.ts";
import { ResponseReader } from "./response-reader.ts";

/** What the kernel is offered at once: more only makes it copy what it cannot take yet. */
const WRITE_UNIT = 1024 * 1024;
/** The server cannot be blamed for a silence in which this side lets it wait. */
const WAITING = Number.NEGATIVE_INFINITY;

interface Settled {
  resolve(response: LaneResponse): void;
  reject(fault: Error): void;
}

/** One keep-alive HTTP/1.1 connection that carries one request at a time. */
export class Http1Lane implements Lane, Watched {
  readonly #address: Address;
  readonly #open: OpenSocket;
  readonly #watchdog: Watchdog;
  stale = 0;
  #socket: WireSocket | undefined;
  #reader: ResponseReader | undefined;
  #settled: Settled | undefined;
  #pieces: readonly Uint8Array[] = [];
  #piece = 0;
  #offset = 0;
  #stream: BodyStream | undefined;
  /** Bytes of the stream that are still to be asked for. */
  #owed = 0;
  #asked = false;
  #hold: LaneRequest["hold"];
  #cutLeft = Number.POSITIVE_INFINITY;
  #firstByteAt = 0;
  #rate = 0;
  #rateFrom = 0;
  #resume: ReturnType<typeof setTimeout> | undefined;

  constructor(address: Address, open: OpenSocket, watchdog: Watchdog) {
    this.#address = address;
    this.#open = open;
    this.#watchdog = watchdog;
  }

  exchange(request: LaneRequest): Promise<LaneResponse> {
    try {
      if (this.#settled !== undefined) throw new Error("a lane carries one request at a time");
      const pieces = encodeRequest(request, this.#address.host);
      const socket = this.#socket;
      // No step of the event loop is spent where none is needed: this is the hot path of a load.
      if (socket !== undefined) return this.#begin(socket, request, pieces);
      return this.#connect().then((opened) => this.#begin(opened, request, pieces));
    } catch (fault) {
      return Promise.reject(fault);
    }
  }

  close(): void {
    this.#drop(new WireFault("closed", "the client closed the connection"));
  }

  expire(): void {
    this.#drop(new WireFault("timeout", "the server was silent for too long"));
  }

  #begin(
    socket: WireSocket,
    request: LaneRequest,
    pieces: readonly Uint8Array[],
  ): Promise<LaneResponse> {
    return new Promise<LaneResponse>((resolve, reject) => {
      this.#settled = { resolve, reject };
      this.#reader = new ResponseReader(request.method, request.sink, request.choose);
      this.#stream = request.stream;
      this.#owed = request.stream?.length ?? 0;
      this.#asked = false;
      this.#hold = request.hold;
      this.#pieces = pieces;
      this.#piece = 0;
      this.#offset = 0;
      this.#firstByteAt = 0;
      this.#rate = request.readRate ?? 0;
      this.#cutLeft = request.cutAfter ?? Number.POSITIVE_INFINITY;
      this.stale = 0;
      this.#send(socket);
    });
  }

  async #connect(): Promise<WireSocket> {
    let opened: WireSocket | undefined;
    try {
      opened = await this.#open(this.#address.socket, {
        data: (bytes) => this.#data(bytes),
        drain: () => {
          this.stale = 0;
          if (this.#socket !== undefined) this.#send(this.#socket);
        },
        close: (fault) => this.#closed(opened, fault),
      });
      this.#socket = opened;
      this.#watchdog.add(this);
      return opened;
    } catch (fault) {
      throw new WireFault("connect", `cannot connect to ${this.#address.origin}`, fault);
    }
  }

  /** Writes until the socket takes no more; `drain` comes back here. */
  #send(socket: WireSocket): void {
    while (this.#piece < this.#pieces.length) {
      const piece = this.#pieces[this.#piece];
      if (piece === undefined) return;
      const end = Math.min(piece.byteLength, this.#offset + WRITE_UNIT);
      const unit = end === piece.byteLength ? piece : piece.subarray(0, end);
      const taken = socket.write(unit, this.#offset);
      if (taken < 0) return;
      this.#offset += taken;
      if (this.#piece > 0) this.#cutLeft -= taken;
      if (this.#cutLeft <= 0) {
        this.#drop(new WireFault("closed", "the connection was cut on purpose"));
        return;
      }
      if (this.#offset === piece.byteLength) {
        this.#piece += 1;
        this.#offset = 0;
      } else if (this.#offset < end) {
        return;
      }
    }
    if (this.#stream !== undefined && this.#owed > 0) this.#ask(this.#stream);
  }

  /** Asks for the next piece of the body, and goes on sending when it is here. */
  #ask(stream: BodyStream): void {
    if (this.#asked) return;
    this.#asked = true;
    this.stale = WAITING;
    const isOver = () => this.#stream !== stream;
    stream.next().then(
      (piece) => {
        if (isOver()) return;
        this.#asked = false;
        this.stale = 0;
        const size = piece?.byteLength ?? 0;
        if (piece === undefined || size > this.#owed) {
          this.#drop(new WireFault("malformed", "the body is not as long as it was said to be"));
          return;
        }
        this.#owed -= size;
        this.#pieces = [piece];
        this.#piece = 0;
        this.#offset = 0;
        if (this.#socket !== undefined) this.#send(this.#socket);
      },
      (fault: unknown) => {
        if (!isOver()) this.#drop(fault instanceof Error ? fault : new Error(String(fault)));
      },
    );
  }

  #data(bytes: Uint8Array): void {
    this.stale = 0;
    const reader = this.#reader;
    if (reader === undefined) {
      // Nothing was asked: a server that says 408 before it closes an idle connection, for one.
      this.#drop(undefined);
      return;
    }
    if (this.#firstByteAt === 0) this.#firstByteAt = performance.now();
    try {
      if (reader.push(bytes)) this.#finish(reader);
      else if (this.#rate > 0) this.#slowDown(reader);
      else this.#wait(this.#hold?.(), reader);
    } catch (fault) {
      this.#drop(fault instanceof Error ? fault : new WireFault("malformed", String(fault)));
    }
  }

  /** Reads no more until there is room for it. */
  #wait(room: Promise<void> | undefined, reader: ResponseReader): void {
    const socket = this.#socket;
    if (room === undefined || socket === undefined) return;
    socket.pause();
    this.stale = WAITING;
    void room.then(() => {
      if (this.#socket !== socket || this.#reader !== reader) return;
      this.stale = 0;
      socket.resume();
    });
  }

  /** Pauses the socket for as long as the body is ahead of the rate that was asked for. */
  #slowDown(reader: ResponseReader): void {
    if (this.#rateFrom === 0) this.#rateFrom = performance.now();
    const due = this.#rateFrom + (reader.bodyLength / this.#rate) * 1_000;
    const ahead = due - performance.now();
    if (ahead < 5 || this.#resume !== undefined) return;
    this.#socket?.pause();
    this.#resume = setTimeout(() => {
      this.#resume = undefined;
      this.stale = 0;
      this.#socket?.resume();
    }, ahead);
  }

  #finish(reader: ResponseReader): void {
    const settled = this.#settled;
    const sent = this.#piece >= this.#pieces.length && this.#owed === 0;
    // An answer that came before the body was sent leaves the rest of it owed: start afresh.
    if (!(sent && reader.keepAlive)) this.#drop(undefined);
    this.#forget();
    settled?.resolve({
      status: reader.status,
      bodyLength: reader.bodyLength,
      firstByteAt: this.#firstByteAt,
      header: (name) => reader.header(name),
    });
  }

  #closed(socket: WireSocket | undefined, fault: Error | undefined): void {
    // An old connection of this lane has nothing to say about the present one.
    if (this.#socket === undefined || this.#socket !== socket) return;
    const reader = this.#reader;
    try {
      if (reader !== undefined && fault === undefined) {
        reader.end();
        this.#finish(reader);
        return;
      }
      this.#drop(new WireFault("closed", "the connection broke", fault));
    } catch (cut) {
      this.#drop(cut instanceof Error ? cut : new WireFault("closed", String(cut)));
    }
  }

  /** Cuts the connection and, with a fault, fails the request in flight. */
  #drop(fault: Error | undefined): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#watchdog.delete(this);
    if (this.#resume !== undefined) clearTimeout(this.#resume);
    this.#resume = undefined;
    socket?.close();
    if (fault === undefined) return;
    const settled = this.#settled;
    this.#forget();
    settled?.reject(fault);
  }

  /** The exchange is over. */
  #forget(): void {
    this.#settled = undefined;
    this.#reader = undefined;
    this.#stream = undefined;
    this.#hold = undefined;
    this.#rateFrom = 0;
  }
}
