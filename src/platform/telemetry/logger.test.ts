import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Secret } from "../../kernel/secret.ts";
import { escapeForLog } from "./escape.ts";
import { openLogger } from "./logger.ts";
import { openTelemetry } from "./open.ts";
import type { AnsweredRequest, Logger } from "./telemetry.ts";

function logger(format: "json" | "text"): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const sink = { write: (line: string) => lines.push(line), flushSync: () => {} };
  return { lines, ...openLogger({ level: "debug", format, sink }) };
}

describe("nothing secret is written", () => {
  const hidden = "hunter22-hunter22";
  const request = new Request(`http://host/x?token=${hidden}`, {
    headers: {
      authorization: `Bearer ${hidden}`,
      cookie: `s=${hidden}`,
      "x-auth-token": hidden,
      accept: "a/b",
    },
  });
  const driverError = Object.assign(new Error(`postgres://u:${hidden}@db refused`), {
    query: `select '${hidden}'`,
    parameters: [hidden],
    code: "ECONNREFUSED",
  });
  const fields: Record<string, unknown> = {
    direct: new Secret(hidden),
    nested: { list: [new Secret(hidden)] },
    headers: request.headers,
    url: request.url,
    err: new Error("outer", { cause: driverError }),
  };

  test.each(["json", "text"] as const)("as %s", (format) => {
    const { logger: log, lines } = logger(format);
    log.child({ fromChild: new Secret(hidden) }).error(fields, "it failed");
    const text = lines.join("");
    expect(text).not.toContain(hidden);
    expect(text).toContain("[redacted]");
    expect(text).toContain("it failed");
    expect(text).toContain("a/b");
    expect(text).toContain("ECONNREFUSED");
    expect(text).toContain("logger.test.ts");
  });

  test("an error whose causes run in a circle is written once more, not for ever", () => {
    const { logger: log, lines } = logger("json");
    const error = new Error("round");
    error.cause = error;
    log.error({ err: error }, "x");
    expect(lines.join("").match(/"round"/g)?.length).toBeLessThan(10);
  });
});

describe("levels", () => {
  test("below the one set, nothing is written", () => {
    const lines: string[] = [];
    const sink = { write: (line: string) => lines.push(line), flushSync: () => {} };
    const { logger: log } = openLogger({ level: "warn", format: "json", sink });
    log.info({}, "quiet");
    log.warn({ a: 1 }, "loud");
    expect(lines).toHaveLength(1);
    const { time, ...rest } = JSON.parse(lines[0] ?? "");
    expect(rest).toEqual({ level: "warn", a: 1, msg: "loud" });
    expect(new Date(time).toISOString()).toBe(time);
  });
});

const answered: AnsweredRequest = {
  requestId: "abc",
  method: "GET",
  route: "manifest",
  path: "/v2/team/app/manifests/latest?_state=hidden",
  status: 200,
  bytesIn: 0,
  bytesOut: 527,
  milliseconds: 1.23456,
  principal: "admin",
  address: "192.0.2.1",
  userAgent: "docker/28",
};

function access(format: "json" | "text", request: AnsweredRequest): string[] {
  const lines: string[] = [];
  const telemetry = openTelemetry({
    level: "info",
    format,
    access: true,
    routes: [],
    build: { version: "1", commit: "1" },
    sink: { write: (line) => lines.push(line), flushSync: () => {} },
  });
  telemetry.answered(request);
  return lines;
}

describe("the access log", () => {
  test("is one line a request, without the query", () => {
    const [line = ""] = access("json", answered);
    const { time, ...rest } = JSON.parse(line);
    expect(typeof time).toBe("string");
    expect(rest).toEqual({
      level: "info",
      request: "abc",
      method: "GET",
      route: "manifest",
      path: "/v2/team/app/manifests/latest",
      status: 200,
      in: 0,
      out: 527,
      ms: 1.23,
      principal: "admin",
      address: "192.0.2.1",
      agent: "docker/28",
      msg: "request",
    });
  });

  test("as text it reads like this", () => {
    const [line = ""] = access("text", { ...answered, principal: undefined, userAgent: "a b" });
    expect(line.slice(25)).toBe(
      'INFO  request request=abc method=GET route=manifest path=/v2/team/app/manifests/latest status=200 in=0 out=527 ms=1.23 address=192.0.2.1 agent="a b"\n',
    );
  });

  test("no client can forge a line or drive a terminal", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("\r", "\n", "\u001b[2J", "\u2028", "\u202e", "\u0085", '"', "=", "a"),
    });
    fc.assert(
      fc.property(hostile, fc.constantFrom("json" as const, "text" as const), (text, format) => {
        const lines = access(format, {
          ...answered,
          path: text,
          principal: text,
          userAgent: text,
          method: text,
          requestId: text,
        });
        expect(lines).toHaveLength(1);
        const [line = ""] = lines;
        expect(line.endsWith("\n")).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
      }),
    );
  });

  test("what is very long is cut", () => {
    const [line = ""] = access("json", { ...answered, path: "/".repeat(10_000) });
    expect(line.length).toBeLessThan(2_000);
  });
});

test("messages and fields of ordinary lines cannot forge lines either", () => {
  const { logger: log, lines } = logger("text");
  log.info({ name: "a\nERROR x" }, "b\nERROR y");
  log.error({ err: new Error("c\nERROR z") }, "d");
  for (const line of lines.join("").split("\n")) expect(line).not.toStartWith("ERROR");
});

test("an escaped backslash cannot be taken for an escape", () => {
  expect(escapeForLog("a\\u000a\n", 99)).toBe("a\\\\u000a\\u000a");
  expect(escapeForLog("plain \\ text", 99)).toBe("plain \\ text");
  expect(escapeForLog("ü 中文 ok", 99)).toBe("ü 中文 ok");
});

test("lines reach the standard output of a process that flushes and ends", async () => {
  const script = `
    import { openLogger } from ${JSON.stringify(`${import.meta.dir}/logger.ts`)};
    const { logger, flush } = openLogger({ level: "info", format: "json" });
    for (let i = 0; i < 2000; i += 1) logger.info({ i }, "line");
    flush();
    process.exit(0);
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  const lines = text.trimEnd().split("\n");
  expect(lines).toHaveLength(2_000);
  expect(JSON.parse(lines.at(-1) ?? "").i).toBe(1_999);
});
