import { excerpt } from "./excerpt.ts";

const PLAIN_KEY = /^[\w-]{1,64}$/;

/** Writes the way to a place in a document as a person would: `layers[3].size`; `$` is the top. */
export function jsonPath(steps: readonly (string | number)[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else if (PLAIN_KEY.test(step)) path += path === "" ? step : `.${step}`;
    else path += `["${excerpt(step)}"]`;
  }
  return path === "" ? "$" : path;
}
