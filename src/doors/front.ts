import type { Handler } from "../platform/listen/handler.ts";

/** The doors, by what stands first in the path. */
export interface Doors {
  readonly oci: Handler;
  readonly token: Handler;
  readonly api: Handler;
  readonly ops: Handler;
  /** Whatever nobody else answers. */
  readonly console: Handler;
}

const OPS = new Set(["/healthz", "/readyz", "/metrics"]);

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Sends each request to its door by the first part of its path. */
export function front(doors: Doors): Handler {
  return (request, connection) => {
    const { path } = connection;
    if (isBelow(path, "/v2")) return doors.oci(request, connection);
    if (isBelow(path, "/token")) return doors.token(request, connection);
    if (isBelow(path, "/api")) return doors.api(request, connection);
    return OPS.has(path) ? doors.ops(request, connection) : doors.console(request, connection);
  };
}
