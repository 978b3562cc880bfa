import { http2Fetch } from "../../platform/sockets/http2.ts";
import type { TlsTrust } from "../../platform/sockets/port.ts";
import type { Address } from "../address.ts";
import type { Lane, LaneRequest, LaneResponse } from "../lane.ts";
import { WireFault } from "../wire-fault.ts";

/** Requests over HTTP/2, which is spoken over TLS only. Lanes share connections. */
export class Http2Lane implements Lane {
  readonly #address: Address;
  readonly #trust: TlsTrust;
  readonly #seconds: number;
  #abort: AbortController | undefined;

  constructor(address: Address, seconds: number) {
    if (address.socket.tls === undefined) {
      throw new TypeError("HTTP/2 needs an https address");
    }
    this.#address = address;
    this.#trust = address.socket.tls;
    this.#seconds = seconds;
  }

  async exchange(request: LaneRequest): Promise<LaneResponse> {
    if (request.stream !== undefined) throw new TypeError("HTTP/2 takes a body in one piece");
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const response = await http2Fetch(
        {
          method: request.method,
          url: this.#address.origin + request.target,
          headers: request.headers ?? {},
          body: request.body,
        },
        this.#trust,
        AbortSignal.any([abort.signal, AbortSignal.timeout(this.#seconds * 1_000)]),
      );
      const firstByteAt = performance.now();
      const bodyLength = await drain(response, request);
      return {
        status: response.status,
        bodyLength,
        firstByteAt,
        header: (name) => response.headers.get(name) ?? undefined,
      };
    } catch (fault) {
      throw new WireFault("closed", `no answer from ${this.#address.origin}`, fault);
    }
  }

  close(): void {
    this.#abort?.abort();
  }
}

async function drain(response: Response, request: LaneRequest): Promise<number> {
  if (response.body === null) return 0;
  let size = 0;
  const { status, headers } = response;
  const head = { status, header: (name: string) => headers.get(name) ?? undefined };
  const sink = request.choose === undefined ? request.sink : request.choose(head);
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    sink?.(chunk);
    await request.hold?.();
  }
  return size;
}
