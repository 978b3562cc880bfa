import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { TcpAddress } from "./address.ts";

/**
 * Fails with the system's EADDRINUSE when anybody holds the port. Listeners whose certificate may change share
 * their port with their successor, and sharing hides a second process: so the port is first taken without it.
 */
export async function provePortFree(address: TcpAddress, udp: boolean): Promise<void> {
  if (address.port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ host: address.hostname, port: address.port, exclusive: true }, () => {
      probe.close(() => resolve());
    });
  });
  if (udp) await proveUdpFree(address);
}

async function proveUdpFree(address: TcpAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createSocket(address.hostname.includes(":") ? "udp6" : "udp4");
    probe.once("error", reject);
    probe.bind({ address: address.hostname, port: address.port, exclusive: true }, () => {
      probe.close(() => resolve());
    });
  });
}
