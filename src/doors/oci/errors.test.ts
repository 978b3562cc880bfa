import { expect, test } from "bun:test";
import { failure } from "../../kernel/errors/catalogue.ts";
import { refuse } from "./errors.ts";

const context = {
  language: "en",
  requestId: "r-1",
  challenge: () => 'Basic realm="Entrepot"',
  head: false,
} as const;

test("the reason of a refusal is its code, whatever its details are called", async () => {
  const refused = refuse(failure("request.malformed", { reason: "it ended early" }), context);
  const [error] = JSON.parse(await refused.text()).errors;
  expect(error.detail).toEqual({ reason: "request.malformed" });
  expect(error.message).toContain("it ended early");
});

test("a refusal says how long it is, to HEAD too", async () => {
  const refused = refuse(failure("request.not_found"), { ...context, language: "zh" });
  const length = refused.headers.get("content-length");
  expect(length).toBe(String((await refused.arrayBuffer()).byteLength));
  const head = refuse(failure("request.not_found"), { ...context, language: "zh", head: true });
  expect(head.headers.get("content-length")).toBe(length);
  expect(head.body).toBeNull();
});
