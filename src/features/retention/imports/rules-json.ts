/** Reading of documents that others have written: whatever is not of the kind that is asked for is absent. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textIn(of: Record<string, unknown>, key: string): string | undefined {
  const value = of[key];
  return typeof value === "string" ? value : undefined;
}

/** A whole number of zero or more. */
export function numberIn(of: Record<string, unknown>, key: string): number | undefined {
  const value = of[key];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function listIn(of: Record<string, unknown>, key: string): string[] {
  const value = of[key];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
