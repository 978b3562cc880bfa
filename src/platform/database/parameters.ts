import type { CompiledQuery } from "kysely";
import type { Parameter } from "./port.ts";
import { safeParameters } from "./safe-integers.ts";

const slot = Symbol("parameter");

interface Slot {
  readonly [slot]: string;
}

function isSlot(value: unknown): value is Slot {
  return typeof value === "object" && value !== null && slot in value;
}

/** Stands in for the arguments while a query is compiled: each property is a slot to be filled. */
export function placeholders<P>(): P {
  return new Proxy({}, { get: (_, name) => ({ [slot]: String(name) }) }) as P;
}

/** Gives the function that lays arguments out in the order of the compiled query's parameters. */
export function parameterOrder<P extends Record<string, Parameter>>(
  compiled: CompiledQuery,
): (args: P) => Parameter[] {
  const order = compiled.parameters.map((value) =>
    isSlot(value) ? { name: value[slot] } : { value: value as Parameter },
  );
  return (args) =>
    safeParameters(
      order.map((entry) => ("name" in entry ? (args[entry.name] ?? null) : entry.value)),
    );
}
