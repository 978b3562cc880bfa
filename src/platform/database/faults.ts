import { Failure, failure } from "../../kernel/errors/catalogue.ts";

/**
 * SQLite result names that speak of the disk or the file and not of the statement:
 * trying again may help, and nothing may be concluded about what exists.
 */
const SQLITE_FAULT =
  /^SQLITE_(IOERR|FULL|BUSY|LOCKED|CANTOPEN|CORRUPT|NOTADB|READONLY|NOMEM|PROTOCOL|INTERRUPT)/;

/**
 * SQLSTATE classes of a PostgreSQL that is away, stopping, out of something, or read-only, that
 * lets us in no more (28) or has lost the database (3D).
 */
const POSTGRES_FAULT = /^(08|28|3D|53|57|58|XX|25006|55P03|40)/;

/** What `bun:sqlite` says, without a code, to a request that outlived the connection. */
const SQLITE_CLOSED = "Database has closed";

function field(error: unknown, name: string): string {
  if (typeof error !== "object" || error === null || !(name in error)) return "";
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : "";
}

/** The SQLSTATE of a PostgreSQL error, or "" (the driver keeps it in `errno`). */
export function sqlState(error: unknown): string {
  return field(error, "errno");
}

/**
 * Turns what a driver threw into what a caller may be told. Faults of the database are
 * `service.database_unavailable` (law 3: never "not found"); mistakes of ours stay themselves.
 */
export function databaseFault(error: unknown): unknown {
  if (error instanceof Failure) return error;
  const code = field(error, "code");
  if (SQLITE_FAULT.test(code) || field(error, "message") === SQLITE_CLOSED) {
    return failure("service.database_unavailable", {}, error);
  }
  if (code.startsWith("ERR_POSTGRES")) {
    const state = sqlState(error);
    const server = code === "ERR_POSTGRES_SERVER_ERROR";
    if (!server || POSTGRES_FAULT.test(state)) {
      return failure("service.database_unavailable", {}, error);
    }
  }
  return error;
}
