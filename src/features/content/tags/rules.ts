/** What the caller demands of the tag before it moves (RFC 9110 §13.1.1, §13.1.2). */
export type Precondition =
  | { readonly kind: "none" }
  /** `If-None-Match: *`: the tag must not exist. */
  | { readonly kind: "absent" }
  /** `If-Match`: the tag must point at one of these, or ("*") merely exist. */
  | { readonly kind: "matches"; readonly digests: readonly string[] };

/** Whether the tag, which points at `current`, meets the demand. */
export function meets(precondition: Precondition, current: string | undefined): boolean {
  if (precondition.kind === "none") return true;
  if (precondition.kind === "absent") return current === undefined;
  if (current === undefined) return false;
  return precondition.digests.includes("*") || precondition.digests.includes(current);
}
