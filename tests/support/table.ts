import { expect, test } from "bun:test";
import type { Answer } from "./answer.ts";
import type { Body, HttpClient } from "./http-client.ts";

/** What a header must be: a text, a pattern, or (null) not there. */
export type Expected = string | RegExp | null;

/** One exchange: what it shows, what is asked, what must come back. */
export interface Row {
  readonly it: string;
  /** `GET /v2/`. */
  readonly ask: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly send?: Body;
  readonly gives: number;
  readonly headers?: Readonly<Record<string, Expected>>;
  /** The wire code of the refusal. */
  readonly code?: string;
  /** The body: as JSON, or as exact bytes. */
  readonly body?: unknown;
}

/** What holds for every answer of the registry, whatever was asked (A08, A10). */
export function checkAlways(answer: Answer): void {
  expect(answer.header("docker-distribution-api-version")).toBe("registry/2.0");
  expect(answer.header("x-content-type-options")).toBe("nosniff");
  expect(answer.header("content-security-policy")).toBe("default-src 'none'; sandbox");
  expect(answer.header("content-type")).not.toContain("html");
  expect(answer.header("content-type")).not.toContain("charset");
  expect(answer.headers.get("content-encoding")).toBeNull();
  for (const name of ["location", "link"]) expect(answer.header(name)).not.toContain("//");
}

export function checkHeaders(answer: Answer, expected: Row["headers"] = {}): void {
  for (const [name, value] of Object.entries(expected)) {
    const actual = answer.headers.get(name);
    if (value instanceof RegExp) expect(`${name}: ${actual}`).toMatch(value);
    else expect(`${name}: ${actual}`).toBe(`${name}: ${value}`);
  }
}

export async function exchange(client: HttpClient, row: Row): Promise<Answer> {
  const [method = "", target = ""] = row.ask.split(" ");
  const answer = await client.send(method, target, { headers: row.with, body: row.send });
  answer.expect(row.gives);
  checkAlways(answer);
  checkHeaders(answer, row.headers);
  if (method === "HEAD" || row.gives === 204 || row.gives === 304) {
    expect(answer.body.byteLength).toBe(0);
  } else if (row.gives >= 400) {
    expect(answer.error.code).toBe(row.code ?? "no code was expected");
  }
  if (row.body instanceof Uint8Array) expect(Buffer.compare(answer.body, row.body)).toBe(0);
  else if (row.body !== undefined) expect(answer.json).toEqual(row.body as object);
  return answer;
}

/** A test a row. `client` is asked for when the test runs. */
export function table(client: () => HttpClient, rows: readonly Row[]): void {
  for (const row of rows) {
    test(`${row.it}: ${row.ask.slice(0, 100)} → ${row.gives}`, async () => {
      await exchange(client(), row);
    });
  }
}
