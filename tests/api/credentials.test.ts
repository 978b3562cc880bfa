import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import type { TokenKind } from "../../src/platform/database/schema/identity.ts";
import { openFresh } from "../support/database.ts";
import { basic } from "../support/http-client.ts";
import { type Idp, startIdp } from "../support/idp.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { type Entry, entries, type Outcome, type Owner, show, signIn } from "./entries.ts";
import { flaws, OLDER, plant, principalId, twist } from "./planted.ts";
import { type Ask, account, must } from "./tenants.ts";

const MINUTE = 60_000;
const SUBJECT = "repo:team/app:ref:refs/heads/main";

/** A user for each kind of credential: their failures are their own. */
const KINDS = [
  ...["password", "personal", "robot", "login", "workload", "refresh", "registry token"],
  ...["session", "CSRF token", "passkey ticket", "sign-on state", "outside token", "nonsense"],
] as const;
type Kind = (typeof KINDS)[number];

const nameOf = (kind: Kind) => `u-${kind.toLowerCase().replace(/ /g, "-")}`;
const PEOPLE = [...KINDS.map(nameOf), "u-disabled", "u-deleted", "u-other", "u-rows"].map((name) =>
  account(name),
);

let registry: TestRegistry;
let idp: Idp;
let db: Database;
let admin: Ask;
let robot: { id: string; name: string; secret: string };
const secrets = new Map<Kind, { secret: string; owner: Owner }>();

function provider(): unknown {
  const client = { client_id: "entrepot", client_secret: "a secret of the client" };
  return { type: "oidc", name: "corp", issuer: idp.issuer, auto_provision: true, ...client };
}

async function form(fields: Readonly<Record<string, string>>) {
  const answer = await fetch(`${registry.url}/token`, {
    method: "POST",
    body: new URLSearchParams(fields),
  });
  return (await answer.json()) as { access_token: string; refresh_token: string };
}

const idOf = (name: string) => principalId(db, name);

function outsideToken(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return idp.mint({ sub: SUBJECT, aud: "entrepot", ...more });
}

beforeAll(async () => {
  idp = await startIdp();
  registry = await startRegistry({
    accounts: PEOPLE,
    projects: [{ name: "team" }],
    settings: {
      "server.trusted_proxies": "127.0.0.1/32",
      "server.public_url": "http://registry.test",
      "outbound.allow": "127.0.0.0/8",
      "auth.providers": JSON.stringify([{ type: "local", name: "local" }, provider()]),
    },
  });
  db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
  const { url } = registry;
  const as = (name: string): Ask => {
    const { password } = name === ADMIN.name ? ADMIN : account(name);
    const authorization = basic({ name, password });
    return async (method, path, body) =>
      (await signIn(url, name, password)).ask(method, path, body, { authorization });
  };
  admin = as(ADMIN.name);
  robot = await must(admin, "POST", "/projects/team/robots", { name: "ci" });
  await must(admin, "POST", "/projects/team/trust-rules", {
    name: "builds",
    issuer: idp.issuer,
    audience: "entrepot",
    subject: "repo:team/**",
    robotId: robot.id,
  });
  const browsers = new Map(
    await Promise.all(
      KINDS.map(async (kind) => {
        const name = nameOf(kind);
        return [kind, await signIn(url, name, account(name).password)] as const;
      }),
    ),
  );
  const put = (kind: Kind, secret: string, name = nameOf(kind)) =>
    secrets.set(kind, { secret, owner: { name, cookie: browsers.get(kind)?.session ?? "" } });
  const mine = (kind: Kind) => as(nameOf(kind));
  put("password", account(nameOf("password")).password);
  put("personal", (await must(mine("personal"), "POST", "/me/tokens", { name: "a" })).secret);
  put("robot", robot.secret, robot.name);
  put("login", (await must(mine("login"), "POST", "/login-passwords", {})).secret);
  const exchanged = { token: await outsideToken() };
  const workload = await must(admin, "POST", "/workload/exchange", exchanged);
  put("workload", workload.secret, workload.name);
  const username = nameOf("refresh");
  const { password } = account(username);
  const grant = { grant_type: "password", username, password, access_type: "offline" };
  put("refresh", (await form({ ...grant, client_id: "docker" })).refresh_token);
  const bearer = nameOf("registry token");
  const login = { username: bearer, password: account(bearer).password };
  put("registry token", (await form({ grant_type: "password", ...login })).access_token);
  put("session", browsers.get("session")?.session ?? "");
  put("CSRF token", browsers.get("CSRF token")?.csrf ?? "");
  put("passkey ticket", (await must(admin, "POST", "/auth/passkey/options", {})).ticket);
  const begun = await browsers.get("sign-on state")?.ask("GET", "/auth/oidc/corp/begin");
  const [state = ""] = begun?.headers.getSetCookie() ?? [];
  put("sign-on state", state.slice(state.indexOf("=") + 1, state.indexOf(";")));
  put("outside token", await outsideToken());
  put("nonsense", "neither-a-password-nor-anything-else");
}, MINUTE);

afterAll(async () => {
  await db.close();
  await registry.close();
  await idp.close();
});

const BY_NAME: readonly Entry[] = ["/v2/ Basic", "GET /token", "password grant", "/api Basic"];
const BY_SECRET: readonly Entry[] = [...BY_NAME, "/api Bearer"];

/** Where each kind counts; everywhere else it is as good as nonsense. */
const RIGHT: Readonly<Record<Kind, readonly Entry[]>> = {
  password: [...BY_NAME, "sign-in"],
  personal: BY_SECRET,
  robot: BY_SECRET,
  login: BY_SECRET,
  workload: BY_SECRET,
  refresh: ["refresh grant"],
  "registry token": ["/v2/ Bearer"],
  session: ["cookie"],
  "CSRF token": ["CSRF header"],
  "passkey ticket": [],
  "sign-on state": [],
  "outside token": ["token exchange", "workload exchange"],
  nonsense: [],
};

function held(kind: Kind) {
  const found = secrets.get(kind);
  if (found === undefined || found.secret === "") throw new Error(`there is no ${kind}`);
  return found;
}

const answered = new Map<Entry, Promise<Outcome>>();

/** What an entry answers to what is no credential at all. */
function nonsenseAt(entry: Entry): Promise<Outcome> {
  const { secret, owner } = held("nonsense");
  const outcome = answered.get(entry) ?? show(entry, registry.url, secret, owner);
  answered.set(entry, outcome);
  return outcome;
}

describe("each kind of credential counts where it belongs and nowhere else (A37)", () => {
  for (const kind of KINDS) {
    for (const entry of entries) {
      const isRight = RIGHT[kind].includes(entry);
      test(`${kind}: ${entry} ${isRight ? "passes" : "is refused as nonsense is"}`, async () => {
        const { secret, owner } = held(kind);
        const outcome = await show(entry, registry.url, secret, owner);
        if (isRight) {
          expect([outcome.passed, outcome.told]).toEqual([true, outcome.told]);
          return;
        }
        const nonsense = await nonsenseAt(entry);
        expect(outcome.told).toBe(nonsense.told);
        expect(outcome.status).toBeOneOf([401, 403]);
      });
    }
  }
});

const TOKEN_ENTRIES: Readonly<Record<TokenKind, readonly Entry[]>> = {
  personal: BY_SECRET,
  robot: BY_SECRET,
  login: BY_SECRET,
  workload: BY_SECRET,
  refresh: ["refresh grant"],
};

describe("a token with something wrong is refused as nonsense is (A37, A40)", () => {
  for (const kind of Object.keys(TOKEN_ENTRIES) as TokenKind[]) {
    test(`${kind}: one that is planted rightly passes`, async () => {
      const isOfRobot = kind === "robot" || kind === "workload";
      const name = isOfRobot ? robot.name : "u-rows";
      const secret = await plant(db, { kind, principalId: await idOf(name) });
      for (const entry of TOKEN_ENTRIES[kind]) {
        const { cookie } = held("nonsense").owner;
        const { status } = await show(entry, registry.url, secret, { name, cookie });
        expect([entry, status]).toEqual([entry, 200]);
      }
    });

    // What people made to last outlives a change of the password; all else does not.
    const lasts = kind === "personal" || kind === "robot";
    const known = Object.keys(flaws).filter((flaw) => !(lasts && flaw === OLDER));

    test.each(known)(`${kind}: one that is %s`, async (flaw) => {
      const isOfRobot = kind === "robot" || kind === "workload";
      const name = isOfRobot ? robot.name : "u-rows";
      const id = await idOf(name);
      const make = flaws[flaw];
      if (make === undefined) throw new Error(flaw);
      const secret = await make((more) => plant(db, { kind, principalId: id, ...more }), kind);
      const owner = { name, cookie: held("nonsense").owner.cookie };
      for (const entry of TOKEN_ENTRIES[kind]) {
        const outcome = await show(entry, registry.url, secret, owner);
        const nonsense = await nonsenseAt(entry);
        expect([entry, outcome.told]).toEqual([entry, nonsense.told]);
        expect(outcome.passed).toBe(false);
      }
    });
  }

  test.each(BY_NAME)("one of somebody else's, under another name: %s", async (entry) => {
    const secret = await plant(db, { kind: "personal", principalId: await idOf("u-rows") });
    const owner = { name: "u-other", cookie: "" };
    const outcome = await show(entry, registry.url, secret, owner);
    const nonsense = await nonsenseAt(entry);
    expect([outcome.passed, outcome.told]).toEqual([false, nonsense.told]);
  });
});

describe("an account that may not log in is refused as one that is not there (A40)", () => {
  const ACCOUNTS = ["u-disabled", "u-deleted", "nobody-at-all"];

  beforeAll(async () => {
    for (const [name, method, verb] of [
      ["u-disabled", "POST", "/disable"],
      ["u-deleted", "DELETE", ""],
    ] as const) {
      await must(admin, method, `/users/${await idOf(name)}${verb}`);
    }
  });

  test.each([...BY_NAME, "sign-in"] as const)("%s", async (entry) => {
    const { url } = registry;
    const owner = { name: "u-other", cookie: "" };
    const wrong = await show(entry, url, "not the password", owner);
    for (const name of ACCOUNTS) {
      const outcome = await show(entry, url, account(name).password, { name, cookie: "" });
      expect([name, outcome.told]).toEqual([name, wrong.told]);
    }
    expect(wrong.passed).toBe(false);
  });

  test("also with a token or a session from before", async () => {
    const { url } = registry;
    const owner = { name: "u-disabled", cookie: held("nonsense").owner.cookie };
    const secret = await plant(db, { kind: "personal", principalId: await idOf("u-disabled") });
    for (const entry of BY_SECRET) {
      const outcome = await show(entry, url, secret, owner);
      const nonsense = await nonsenseAt(entry);
      expect([entry, outcome.told]).toEqual([entry, nonsense.told]);
    }
  });
});

describe("an outside token is exchanged by its rule alone (A37, A38)", () => {
  const past = Math.floor(Date.now() / 1_000) - 600;
  const WRONG: Readonly<Record<string, () => Promise<string>>> = {
    "another audience": () => outsideToken({ aud: "somebody-else" }),
    "another subject": () => outsideToken({ sub: "repo:evil/app:ref:refs/heads/main" }),
    "another issuer": () => outsideToken({ iss: "http://127.0.0.1:9" }),
    "an issuer with a slash more": () => outsideToken({ iss: `${idp.issuer}/` }),
    expired: () => outsideToken({ exp: past, iat: past - 60, nbf: past - 60 }),
    "not valid yet": () => outsideToken({ nbf: past + 7_200 }),
    "without an end": () => outsideToken({ exp: undefined }),
    "without a subject": () => outsideToken({ sub: undefined }),
    "a signature changed": async () => {
      const token = await outsideToken();
      return twist(token, token.lastIndexOf(".") + 10);
    },
    "no signature": async () => {
      const [, claims = ""] = (await outsideToken()).split(".");
      const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
      return `${header}.${claims}.`;
    },
  };

  test.each(Object.keys(WRONG))("%s", async (flaw) => {
    const { owner } = held("nonsense");
    const token = (await WRONG[flaw]?.()) ?? "";
    for (const entry of ["token exchange", "workload exchange"] as const) {
      const outcome = await show(entry, registry.url, token, owner);
      const nonsense = await nonsenseAt(entry);
      expect([entry, outcome.told]).toEqual([entry, nonsense.told]);
      expect(outcome.passed).toBe(false);
    }
  });
});
