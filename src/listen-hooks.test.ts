import { expect, test } from "bun:test";
import { listenHooks } from "./listen-hooks.ts";
import { openTelemetry } from "./platform/telemetry/open.ts";

test("a replaced certificate is news, one that is unusable a warning with its error", () => {
  const lines: string[] = [];
  const { logger } = openTelemetry({
    level: "info",
    format: "json",
    access: false,
    routes: [],
    build: { version: "0.0.0", commit: "test" },
    sink: { write: (line) => void lines.push(line), flushSync: () => {} },
  });
  const hooks = listenHooks(logger);
  hooks.certificate({ kind: "replaced", subject: "CN=a", validTo: "Jan 1 2030" });
  hooks.certificate({ kind: "kept", error: new Error("the key is another's") });
  const [replaced, kept] = lines.map((line) => JSON.parse(line));
  expect(replaced).toMatchObject({ level: "info", subject: "CN=a", validTo: "Jan 1 2030" });
  expect(kept).toMatchObject({ level: "warn", err: { message: "the key is another's" } });
});
