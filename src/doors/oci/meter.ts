import type { Exchange } from "./exchange.ts";

/**
 * Counts what an exchange did once it went well. Of an answer that the client breaks off, all bytes
 * count that it was to have.
 */
export function meter(x: Exchange, status: number, bytesOut: number): void {
  if (status >= 300) return;
  const { delivered, bytesIn, route, parts } = x;
  const principalId = x.actor.principal.id;
  if (delivered !== undefined) {
    const { repository, kind, digest, tag } = delivered;
    const isPull = kind === "manifest";
    parts.metering.count({
      repository,
      principalId,
      isPull,
      isPush: false,
      bytesIn: 0,
      bytesOut,
      digest: isPull ? digest : undefined,
      tag,
    });
    return;
  }
  const isPush = route.kind === "manifest" && x.request.method === "PUT";
  if (!isPush && bytesIn === 0) return;
  parts.metering.count({
    repository: x.name,
    principalId,
    isPull: false,
    isPush,
    bytesIn,
    bytesOut: 0,
  });
}
