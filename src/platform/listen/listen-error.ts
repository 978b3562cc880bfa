export type ListenErrorCode =
  | "address_malformed"
  | "address_in_use"
  | "address_not_here"
  | "address_forbidden"
  | "certificate_unusable"
  | "proxy_malformed"
  | "listen_failed";

/** Why the server cannot listen: met by whoever starts it, never by a client. */
export class ListenError extends Error {
  readonly code: ListenErrorCode;

  constructor(code: ListenErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ListenError";
    this.code = code;
  }
}

/** The system's error code (`EADDRINUSE`, …) of whatever was thrown, or "". */
export function systemCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Whether the system refused one of our calls: such errors carry its number and the call's name. */
export function isSystemFault(error: unknown): boolean {
  if (!(error instanceof Error) || !("errno" in error) || !("syscall" in error)) return false;
  return typeof error.errno === "number" && typeof error.syscall === "string";
}

/** Puts the system's refusal to bind `address` into words that say what to do. */
export function bindError(address: string, cause: unknown): ListenError {
  switch (systemCode(cause)) {
    case "EADDRINUSE":
      return new ListenError(
        "address_in_use",
        `${address} is in use by another process: stop it, or listen on another address`,
        cause,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ListenError(
        "address_not_here",
        `${address} is not an address of this machine`,
        cause,
      );
    case "EACCES":
    case "EPERM":
      return new ListenError(
        "address_forbidden",
        `this process may not listen on ${address}: ports below 1024 and protected folders need a right`,
        cause,
      );
    default:
      return new ListenError(
        "listen_failed",
        `cannot listen on ${address}: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      );
  }
}
