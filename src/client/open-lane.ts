import { openSocket } from "../platform/sockets/bun-socket.ts";
import type { Address } from "./address.ts";
import { Http1Lane } from "./http1/lane.ts";
import { Http2Lane } from "./http2/lane.ts";
import type { Lane } from "./lane.ts";
import { Watchdog } from "./watchdog.ts";

/** Seconds without a byte in either direction after which a request has failed. */
export const SILENCE_SECONDS = 120;
/** A whole exchange over HTTP/2, where silence cannot be seen. */
const HTTP2_SECONDS = 600;

const watchdog = new Watchdog(SILENCE_SECONDS);

/** A way to a registry; nothing is connected before the first request. */
export function openLane(address: Address, version: "1.1" | "2" = "1.1"): Lane {
  return version === "2"
    ? new Http2Lane(address, HTTP2_SECONDS)
    : new Http1Lane(address, openSocket, watchdog);
}
