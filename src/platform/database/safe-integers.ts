import type { Parameter } from "./port.ts";

/**
 * Both engines hold 64 bits, a number only 53: what lies beyond would come back as its neighbour.
 * Ours are times, sizes and counts, so one that large is a mistake, and is refused both ways.
 */
function refuse(name: string, value: unknown): never {
  throw new RangeError(`${name} is beyond 2^53: ${value}`);
}

function beyond(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** Gives the parameters back, or throws RangeError. */
export function safeParameters(parameters: readonly unknown[]): Parameter[] {
  for (const value of parameters) {
    if (typeof value === "number" && beyond(value)) refuse("a parameter", value);
  }
  return parameters as Parameter[];
}

/**
 * Gives rows back with each bigint (a driver's way with 64 bits) as the number it is, or throws
 * RangeError: rounding on the way never turns a value beyond into one that is not.
 */
export function safeRows<R>(rows: R[]): R[] {
  for (const row of rows as Record<string, unknown>[]) {
    for (const name in row) {
      const value = row[name];
      if (typeof value === "number") {
        if (beyond(value)) refuse(name, value);
      } else if (typeof value === "bigint") {
        const number = Number(value);
        if (beyond(number)) refuse(name, value);
        row[name] = number;
      }
    }
  }
  return rows;
}
