import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Account } from "../support/accounts.ts";
import { basic, HttpClient } from "../support/http-client.ts";
import { raw } from "../support/raw-exchange.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { checkAlways, type Row, table } from "../support/table.ts";

const READER: Account = {
  name: "reader",
  password: "pässwörd 密码 🔑:with:colons",
  administrator: false,
};
/** Somebody whose password takes some milliseconds to check. */
const SLOW: Account = {
  name: "slow",
  password: "slow to check",
  administrator: false,
  cost: 8_192,
};
const NIL = `sha256:${"0".repeat(64)}`;

/** The challenge of a 401, with what a token has to allow and what is wrong with the one shown. */
function challenge(scope?: string, error?: string): NonNullable<Row["headers"]> {
  const more = [...(scope ? [`scope="${scope}"`] : []), ...(error ? [`error="${error}"`] : [])];
  const rest = more.map((each) => `,${each}`).join("");
  const text = `^www-authenticate: Bearer realm="http://[^"/]+/token",service="Entrepot"${rest}$`;
  return { "www-authenticate": new RegExp(text.replaceAll("*", "\\*")) };
}

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ accounts: [READER, SLOW] });
});
afterAll(() => registry.close());

describe("the ping", () => {
  table(
    () => registry.admin,
    [
      { it: "says yes to who may know", ask: "GET /v2/", gives: 200, body: {} },
      { it: "needs no slash", ask: "GET /v2", gives: 200, body: {} },
      { it: "has a head", ask: "HEAD /v2/", gives: 200 },
    ],
  );
  table(
    () => registry.as(READER),
    [{ it: "says yes to whoever has logged in", ask: "GET /v2/", gives: 200, body: {} }],
  );
});

describe("nobody", () => {
  const refused = (ask: string, scope?: string): Row => ({
    it: "is asked to log in",
    ask,
    gives: 401,
    code: "UNAUTHORIZED",
    headers: challenge(scope),
  });
  const [pull, push, remove] = ["pull", "pull,push", "delete"].map(
    (actions) => `repository:team/app:${actions}`,
  );
  table(
    () => registry.anonymous,
    [
      refused("GET /v2/"),
      refused("GET /v2"),
      refused("HEAD /v2/"),
      refused("GET /v2/alpine/manifests/latest", "repository:library/alpine:pull"),
      refused("GET /v2/_catalog", "registry:catalog:*"),
      refused("GET /v2/team/app/tags/list", pull),
      refused("GET /v2/team/app/manifests/latest", pull),
      refused("HEAD /v2/team/app/manifests/latest", pull),
      refused("PUT /v2/team/app/manifests/latest", push),
      refused("DELETE /v2/team/app/manifests/latest", remove),
      refused(`GET /v2/team/app/blobs/${NIL}`, pull),
      refused(`HEAD /v2/team/app/blobs/${NIL}`, pull),
      refused(`DELETE /v2/team/app/blobs/${NIL}`, remove),
      refused(`GET /v2/team/app/referrers/${NIL}`, pull),
      refused("POST /v2/team/app/blobs/uploads/", push),
      refused(`POST /v2/team/app/blobs/uploads/?mount=${NIL}&from=team/other`, push),
      refused("GET /v2/team/app/blobs/uploads/0123456789abcdef", push),
      refused("PATCH /v2/team/app/blobs/uploads/0123456789abcdef", push),
      refused(`PUT /v2/team/app/blobs/uploads/0123456789abcdef?digest=${NIL}`, push),
      refused("DELETE /v2/team/app/blobs/uploads/0123456789abcdef", push),
    ],
  );

  test("is refused before the body is read, and the connection does not go astray", async () => {
    const answer = await raw(
      registry.anonymous,
      "PATCH /v2/team/app/blobs/uploads/0123456789abcdef",
      ["Content-Length: 1000000000"],
      "the first of a billion bytes",
    );
    expect(answer.status).toBe(401);
  });
});

describe("credentials", () => {
  const wrong = (it: string, authorization: string, error?: string): Row => ({
    it,
    ask: "GET /v2/",
    with: { authorization },
    gives: 401,
    code: "UNAUTHORIZED",
    headers: challenge(undefined, error),
  });
  const encode = (text: string | Uint8Array) => `Basic ${Buffer.from(text).toString("base64")}`;
  table(
    () => registry.anonymous,
    [
      wrong("a wrong password", basic({ ...ADMIN, password: "correct horse batterz" })),
      wrong("an unknown name", basic({ ...ADMIN, name: "adnim" })),
      wrong("the case of a name counts", basic({ ...ADMIN, name: "Admin" })),
      wrong("an empty password", basic({ ...ADMIN, password: "" })),
      wrong("`:` is nobody", encode(":")),
      wrong("a password of 30 kB", basic({ ...ADMIN, password: "a".repeat(30_000) })),
      wrong("a NUL in the name", encode("admin\0:x")),
      wrong("a NUL in the password", encode(`admin:${ADMIN.password}\0`)),
      wrong("no colon", encode("admin")),
      wrong("not UTF-8", encode(Uint8Array.of(0x61, 0xff, 0xfe, 0x3a, 0x62))),
      wrong("not base64", "Basic %%%%"),
      wrong("a scheme without credentials", "Basic"),
      wrong("a token that is none of ours", "Bearer abc.def.ghi", "invalid_token"),
      wrong("a token with a space in it", "Bearer abc def"),
      wrong("another scheme", "Negotiate abcdef"),
      wrong("no scheme", "YWRtaW46YWRtaW4="),
      wrong(
        "a quote, so that SQL has something to chew",
        basic({ name: "' or 1=1 --", password: "x" }),
      ),
    ],
  );

  test("the scheme's case does not count, and colons belong to the password", async () => {
    const authorization = basic(READER).replace("Basic", "bAsIc");
    (await registry.anonymous.get("/v2/", { authorization })).expect(200);
  });

  test("a known and an unknown name are refused alike", async () => {
    const [known, unknown] = await Promise.all([
      registry.anonymous.get("/v2/", { authorization: basic({ ...ADMIN, password: "wrong-one" }) }),
      registry.anonymous.get("/v2/", {
        authorization: basic({ name: "no", password: "wrong-one" }),
      }),
    ]);
    expect(unknown.text).toBe(known.text);
    const names = (answer: typeof known) => [...answer.headers.keys()].sort();
    expect(names(unknown)).toEqual(names(known));
  });

  test("a flood of passwords is turned away, and those who are known come in meanwhile", async () => {
    (await registry.admin.get("/v2/")).expect(200);
    const flood = Array.from({ length: 200 }, (_, turn) =>
      new HttpClient(registry.url, { ...SLOW, password: `guess ${turn}` }).get("/v2/"),
    );
    (await registry.admin.get("/v2/")).expect(200);
    const statuses = new Map<number, number>();
    for (const answer of await Promise.all(flood)) {
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 429) {
        expect(Number(answer.header("retry-after"))).toBeGreaterThan(0);
        expect(answer.error.code).toBe("TOOMANYREQUESTS");
      }
    }
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
  });
});

describe("a right that is missing", () => {
  const denied = (ask: string): Row => ({
    it: "is named",
    ask,
    gives: 403,
    code: "DENIED",
    headers: { "www-authenticate": null },
  });
  table(
    () => registry.as(READER),
    [
      denied("GET /v2/team/app/tags/list"),
      denied("PUT /v2/team/app/manifests/latest"),
      denied(`DELETE /v2/team/app/blobs/${NIL}?force=true`),
      denied("POST /v2/alpine/blobs/uploads/"),
    ],
  );

  test("with who, what and where, and without telling what exists", async () => {
    const answer = await registry.as(READER).post("/v2/alpine/blobs/uploads/");
    expect(answer.error.detail).toEqual({
      reason: "access.denied",
      principal: "reader",
      action: "repository:push",
      resource: "repository library/alpine",
      because: "none",
      why: "no role allows it",
      why_zh: "没有角色允许此操作",
    });
  });
});

test("`--insecure-no-auth` opens everything", async () => {
  const open = await startRegistry({ settings: { "auth.insecure_no_auth": true } });
  try {
    const answer = (await open.anonymous.get("/v2/")).expect(200);
    checkAlways(answer);
    (await open.anonymous.post("/v2/team/app/blobs/uploads/")).expect(202);
    (await open.anonymous.get("/v2/", { authorization: "Bearer whatever" })).expect(200);
  } finally {
    await open.close();
  }
});
