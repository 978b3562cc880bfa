import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { basic } from "../support/http-client.ts";
import { ADMIN } from "../support/registry.ts";
import { hostilePart, nearly, withMember } from "./arbitrary.ts";
import { exampleBody } from "./examples.ts";
import { fill, type Operation, operations, resolve } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { homeOf, idsOf } from "./targets.ts";
import { must, openTenants, type Tenants } from "./tenants.ts";

const RUNS = Number(process.env.ENTREPOT_TEST_RUNS ?? 20);
const MINUTES = 60_000;

let tenants: Tenants;
let db: Database;
let token = "";

beforeAll(async () => {
  tenants = await openTenants();
  db = await openFresh(tenants.registry.database);
  token = (await must(tenants.admin, "POST", "/me/tokens", { name: "all" })).secret;
}, MINUTES);

afterAll(async () => {
  await db.close();
  await tenants.close();
});

/** Ids that are there; what can be restored is a project that nobody deleted. */
function known(operation: Operation): Record<string, string | undefined> {
  return { ...idsOf(tenants, homeOf(operation)), id: tenants.projectIds.beta };
}

interface Shot {
  readonly ids: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const SOMETIMES = 0.15;

function shotAt({ params, query, body }: Operation): fc.Arbitrary<Shot> {
  const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.option(arbitrary, { nil: undefined, freq: Math.round(1 / SOMETIMES) });
  const ids = fc.record(Object.fromEntries(params.map(({ name }) => [name, rarely(hostilePart)])));
  const known = query.map(({ name, schema }) =>
    rarely(fc.oneof(nearly(schema), hostilePart)).map((value) => [name, value] as const),
  );
  const unknown = rarely(fc.tuple(hostilePart, hostilePart));
  const visible = fc.stringMatching(/^[\x21-\x7e]{1,130}$/);
  const headers = fc.record({
    "if-match": rarely(fc.oneof(fc.constant('"v1"'), visible)),
    "idempotency-key": rarely(visible),
    "accept-language": rarely(visible),
    cookie: rarely(visible),
    "x-csrf-token": rarely(visible),
  });
  return fc.tuple(ids, fc.tuple(...known), unknown, headers, nearly(body ?? {})).map(
    ([givenIds, pairs, more, givenHeaders, value]): Shot => ({
      ids: defined(givenIds),
      query: [...pairs, ...(more === undefined ? [] : [more])].flatMap(([name, each]) =>
        each === undefined ? [] : [[name, partOf(each)] as const],
      ),
      body: body === undefined ? undefined : value,
      headers: defined(givenHeaders),
    }),
  );
}

function partOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.slice(0, 1_000).toWellFormed();
}

function defined(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value.toWellFormed()]],
    ),
  );
}

async function shoot(operation: Operation, shot: Shot): Promise<Response> {
  const { action, method, path } = operation;
  const search = new URLSearchParams(
    shot.query.map(([name, value]): [string, string] => [name, value]),
  );
  // A path is no place for what no client can send: dots are resolved before they leave.
  const target = fill(path, { ...known(operation), ...shot.ids });
  const url = new URL(
    `${tenants.registry.url}/api/v1${target}${search.size > 0 ? `?${search}` : ""}`,
  );
  const headers = new Headers(shot.headers);
  if (action === "session") {
    const browser = await tenants.signedIn("keeper");
    headers.set("cookie", `entrepot_session=${browser.session}`);
    headers.set("x-csrf-token", browser.csrf ?? "");
    headers.set("origin", browser.origin);
  } else if (action !== "public") {
    headers.set("authorization", `Bearer ${token}`);
  }
  if (shot.body === undefined) return fetch(url, { method, headers, redirect: "manual" });
  headers.set("content-type", "application/json");
  const body = JSON.stringify(shot.body);
  return fetch(url, { method, headers, body, redirect: "manual" });
}

/** What holds for every answer, whatever was asked. */
async function checkAnswer(response: Response): Promise<void> {
  const text = await response.text();
  const { status, headers } = response;
  expect([status, text.slice(0, 300)]).toEqual([Math.min(status, 499), text.slice(0, 300)]);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  const id = headers.get("x-request-id");
  expect(id).toMatch(/^[a-z0-9-]+$/);
  if (status < 400) return;
  expect(headers.get("content-type")).toBe("application/problem+json");
  const { code, request, title, details, ...rest } = JSON.parse(text);
  expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
  expect(request).toBe(id);
  expect(rest).toMatchObject({ status, type: `urn:entrepot:error:${code}`, detail: title });
  expect(details).toBeObject();
  expect(text).not.toMatch(/\bat \/|node_modules|\.ts:\d|SQLITE|syntax error/);
}

/** What takes things away comes last, so that the others find them; and what makes us wait. */
function rank({ method, action }: Operation): number {
  return (method === "DELETE" ? 1 : 0) + (action === "public" ? 2 : 0);
}

describe("whatever is sent is answered, and refusals say why", () => {
  for (const operation of operations.toSorted((a, b) => rank(a) - rank(b))) {
    const { id, method, path } = operation;
    test(
      `${id}: ${method} ${path}`,
      async () => {
        const property = fc.asyncProperty(shotAt(operation), async (shot) => {
          await checkAnswer(await shoot(operation, shot));
        });
        await fc.assert(property, { numRuns: RUNS });
      },
      2 * MINUTES,
    );
  }
});

describe("nobody gives themselves what the operation does not offer (A30)", () => {
  const members: Readonly<Record<string, unknown>> = {
    administrator: true,
    origin: "local",
    id: "0".repeat(26),
    kind: "user",
    role: "administrator",
    owner: "admin",
    projectId: "0".repeat(26),
    project_id: "0".repeat(26),
    version: 9,
    generation: 9,
    state: "active",
    builtIn: true,
    createdAt: 1,
    createdBy: "admin",
    deletedAt: null,
    verifier: "0",
    principalId: "0".repeat(26),
    __proto__: null,
  };
  const polluted = { administrator: true, public: true, mustChange: false };
  const taking = operations.filter(({ body }) => body !== undefined);

  for (const operation of taking) {
    const { id, method, path, body, action } = operation;
    test(
      `${id}: ${method} ${path}`,
      async () => {
        const schema = resolve(body ?? {});
        const offered = new Set(
          [schema, ...(schema.oneOf ?? [])].flatMap((each) =>
            Object.keys(resolve(each).properties ?? {}),
          ),
        );
        const home = homeOf(operation);
        const tries = [
          ...Object.entries(members).filter(([name]) => !offered.has(name)),
          ["__proto__", polluted],
          ["constructor", { prototype: polluted }],
        ] as const;
        const session = action === "session" ? await tenants.signedIn("keeper") : undefined;
        const before = await snapshot(db);
        for (const [name, value] of tries) {
          const example = exampleBody(id, tenants, home) as object;
          const headers = {
            "content-type": "application/json",
            ...(session === undefined
              ? { authorization: basic(ADMIN) }
              : {
                  cookie: `entrepot_session=${session.session}`,
                  "x-csrf-token": session.csrf ?? "",
                  origin: session.origin,
                }),
          };
          const target = fill(path, known(operation));
          const response = await fetch(`${tenants.registry.url}/api/v1${target}`, {
            method,
            headers,
            body: JSON.stringify(withMember(example, name, value)),
          });
          const { code } = (await response.json()) as { code: string };
          expect([name, response.status, code]).toEqual([name, 400, "api.invalid"]);
        }
        expect(await snapshot(db)).toBe(before);
        expect(Object.hasOwn(Object.prototype, "administrator")).toBe(false);
      },
      MINUTES,
    );
  }
});
