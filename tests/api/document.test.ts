import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { isAction } from "../../src/features/access/permissions.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import {
  type Document,
  document,
  fill,
  type Operation,
  operations,
  operationsOf,
  resolve,
  type Schema,
} from "./operations.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

let registry: TestRegistry;
let served: Document;

beforeAll(async () => {
  registry = await startRegistry();
  served = (await registry.anonymous.get("/api/v1/openapi.json")).expect(200).json as Document;
});

afterAll(() => registry.close());

/** What an example of each parameter looks like: right in form, and naming nothing. */
const EXAMPLES = { project: "nowhere", provider: "nowhere", role: "nothing" };
const NOTHING = "0".repeat(26);

function concrete({ path, params }: Pick<Operation, "path" | "params">): string {
  const ids = Object.fromEntries(params.map(({ name }) => [name, NOTHING]));
  return fill(path, { ...ids, ...EXAMPLES });
}

function matches({ path }: Operation, target: string): boolean {
  const pattern = path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${pattern}$`).test(target);
}

test("it is a valid OpenAPI document", async () => {
  expect(served.openapi).toBe("3.1.0");
  const { valid, errors } = await new Validator().validate(structuredClone(served) as never);
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

test("the copy that is checked in says the same: `bun run docs` writes it", () => {
  const version = document.info.version;
  expect({ ...served, info: { ...served.info, version } }).toEqual(document);
});

test("anybody may read it, and it is known to be JSON", async () => {
  const answer = await registry.anonymous.get("/api/v1/openapi.json");
  expect(answer.header("content-type")).toBe("application/json");
  expect(answer.header("x-content-type-options")).toBe("nosniff");
  expect(answer.header("x-request-id")).not.toBe("");
});

test("each operation has a name of its own, words in both languages, and an action", () => {
  const all = operationsOf(served);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const { id, action, described } of all) {
    expect(id).toMatch(/^[a-z][A-Za-z]+$/);
    expect(described.summary).toMatch(/^[A-Z]/);
    expect(described["x-summary-zh"]).toMatch(/[\u4e00-\u9fff]/);
    const isDeclared = ["public", "visitor", "session"].includes(action) || isAction(action);
    expect(`${id}: ${action} ${isDeclared}`).toBe(`${id}: ${action} true`);
  }
});

test("each path names its parameters, and each body refuses what it does not name (A30)", () => {
  function isClosed(schema: Schema): boolean {
    const { oneOf, anyOf, type, additionalProperties, properties } = resolve(schema);
    const choices = oneOf ?? anyOf;
    if (choices !== undefined) return choices.every(isClosed);
    return type === "object" && properties !== undefined && additionalProperties === false;
  }
  for (const { id, path, params, body } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    expect([id, params.map(({ name }) => name).sort()]).toEqual([id, named as string[]]);
    if (body !== undefined) expect([id, isClosed(body)]).toEqual([id, true]);
  }
});

describe("the program answers what the document has, and nothing else (A34)", () => {
  const paths = Map.groupBy(operations, ({ path }) => path);

  test.each([...paths.keys()])("%s", async (path) => {
    const [first] = paths.get(path) ?? [];
    if (first === undefined) throw new Error(path);
    const target = concrete(first);
    const known = operations.filter((each) => matches(each, target)).map(({ method }) => method);
    for (const method of METHODS) {
      const { status, headers } = await registry.anonymous.send(method, `/api/v1${target}`);
      if (known.includes(method) || (method === "HEAD" && known.includes("GET"))) {
        expect([method, status]).not.toEqual([method, 405]);
        // What is wrong in form aside, nobody is told anything but to log in.
        if (!["public", "visitor"].includes(first.action))
          expect(status).toBeOneOf([401, 400, 415]);
      } else {
        expect([method, status]).toEqual([method, 405]);
        const allowed = paths.get(path)?.map((each) => each.method) ?? [];
        const withHead = allowed.includes("GET") ? ["HEAD", ...allowed] : allowed;
        expect(headers.get("allow")?.split(", ").sort()).toEqual(withHead.sort());
      }
    }
  });

  test.each([
    "",
    "/",
    "/nothing",
    "/users/",
    "/users//tokens",
    "/Users",
    "/internal",
    "/debug",
    "/auth",
    "/me/",
    "/projects/a/b",
    "/projects/a/nothing",
    "/openapi.yaml",
    "/openapi.json/",
    "/audit/verify/x",
  ])("%s is not there", async (path) => {
    for (const client of [registry.anonymous, registry.admin]) {
      for (const method of METHODS) {
        const answer = await client.send(method, `/api/v1${path}`);
        expect([method, answer.status]).toEqual([method, 404]);
        if (method !== "HEAD") expect(answer.json).toMatchObject({ code: "request.not_found" });
      }
    }
  });

  test.each(["/api", "/api/", "/api/v2/users", "/api/v1beta/users"])(
    "%s is not there",
    async (path) => {
      (await registry.admin.get(path)).expect(404);
    },
  );
});

test("spellings of a path lead to one decision (A07)", async () => {
  const open = "/api/v1/auth/providers";
  for (const way of ["/users/../auth/providers", "/%61uth/providers"]) {
    expect((await registry.anonymous.get(`/api/v1${way}`)).status).toBeOneOf([200, 404]);
  }
  (await registry.anonymous.get(open)).expect(200);
  for (const way of [
    "/auth/providers/../../users",
    "/auth/%2e%2e/users",
    "/%75sers",
    "/auth/providers;/../../users",
    "/users%2f",
    "/auth%2f..%2fusers",
    "/users?limit=1&limit=2",
  ]) {
    expect((await registry.anonymous.get(`/api/v1${way}`)).status).toBeOneOf([400, 401, 404]);
  }
});
