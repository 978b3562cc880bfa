import { type ErrorCode, Failure, failure } from "../../../kernel/errors/catalogue.ts";
import type { Details } from "../../../kernel/errors/failure.ts";

/** From the main thread to the writer's. */
export interface Request {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
}

/** An error on its way between threads. */
export type WireError =
  | {
      readonly kind: "failure";
      readonly code: ErrorCode;
      readonly details: Details;
      readonly cause: string | undefined;
    }
  | { readonly kind: "error"; readonly message: string; readonly stack: string | undefined };

/** From the writer's thread to the main one. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireError };

/** Whether a message is plain data, which alone passes between threads. */
export function canTravel(message: Request | Reply): boolean {
  try {
    structuredClone(message);
    return true;
  } catch {
    return false;
  }
}

export function packError(error: unknown): WireError {
  if (error instanceof Failure) {
    const cause = error.cause === undefined ? undefined : String(error.cause);
    return { kind: "failure", code: error.code, details: error.details, cause };
  }
  if (error instanceof Error) return { kind: "error", message: error.message, stack: error.stack };
  return { kind: "error", message: String(error), stack: undefined };
}

export function unpackError(packed: WireError): Error {
  if (packed.kind === "failure") return failure(packed.code, packed.details, packed.cause);
  const error = new Error(packed.message);
  if (packed.stack !== undefined) error.stack = packed.stack;
  return error;
}
