/** The times that the dashboard can look back over. */
export const RANGES = ["hours", "days", "quarter"] as const;
export type Range = (typeof RANGES)[number];
