import type { Handler } from "../platform/listen/handler.ts";

/** Sends each request to its door by the first part of its path. */
export function front(oci: Handler, ops: Handler): Handler {
  return (request, connection) => {
    const { path } = connection;
    return path === "/v2" || path.startsWith("/v2/")
      ? oci(request, connection)
      : ops(request, connection);
  };
}
