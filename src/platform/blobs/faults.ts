import { type Failure, Failure as FailureClass, failure } from "../../kernel/errors/catalogue.ts";
import { digestIn } from "./location.ts";

/** The name of a system's error number (`ENOSPC`), where `error` is one. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether a call failed because the name is not there. */
export function isMissing(error: unknown): boolean {
  return errnoOf(error) === "ENOENT";
}

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/**
 * Makes the failure for a fault of the store. Never "not found" (law 3): even ENOENT, where a name
 * had to be there, is a store that cannot be reached. What the system said travels in the cause.
 */
export function storageFault(error: unknown): Failure {
  if (error instanceof FailureClass) return error;
  if (FULL.has(errnoOf(error) ?? "")) return failure("service.storage_full", { free: 0 }, error);
  return failure("service.storage_unavailable", {}, error);
}

/** Bytes that the database knows are gone, cut, or not to be trusted. */
export function contentDamaged(digest: string, reason: string, cause?: unknown): Failure {
  return failure("service.content_damaged", { digest }, new Error(reason, { cause }));
}

/** `contentDamaged` for bytes that have a location. */
export function damagedAt(location: string, reason: string, cause?: unknown): Failure {
  return contentDamaged(digestIn(location), `${location}: ${reason}`, cause);
}
