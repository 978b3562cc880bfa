import { Database as Connection } from "bun:sqlite";

/**
 * Opens a connection with the settings every one of ours needs.
 * WAL lets readers go on while the writer writes; FULL makes each commit wait for its fsync.
 */
export function connect(file: string, access: "read" | "write"): Connection {
  const connection = new Connection(file, { create: true, readwrite: true, strict: true });
  // First of all: already the change to WAL may have to wait for another process.
  connection.run("pragma busy_timeout = 10000");
  connection.run("pragma journal_mode = wal");
  connection.run("pragma synchronous = full");
  connection.run("pragma foreign_keys = on");
  connection.run("pragma cache_size = -16000");
  connection.run("pragma temp_store = memory");
  if (access === "read") connection.run("pragma query_only = on");
  return connection;
}
