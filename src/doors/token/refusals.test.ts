import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemDoer } from "../../features/audit/entry.ts";
import { PASSWORD } from "../../features/registry-tokens/suite-rig.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { basic, DoorRig, type Reply, SCOPE } from "./suite-door.ts";

let door: DoorRig;

beforeAll(async () => {
  door = await DoorRig.open();
});

afterAll(() => door.close());

describe("wrong credentials are refused alike (A37, A40)", () => {
  async function wrongOnes(): Promise<[string, string][]> {
    const maker = await door.rig.login(door.alice.name);
    const { tokens, users } = door.rig.identity;
    const refresh = await tokens.issueRefresh(maker, null, "docker");
    const revoked = await tokens.createPersonal(maker, "r", { name: "gone" });
    await tokens.revoke(systemDoer, revoked.token.id);
    const disabled = await door.rig.person();
    await users.disable(systemDoer, disabled.id);
    const jwt = (await door.rig.tokens.issue(maker, [])).token;
    const sealed = (await door.rig.tokens.keys.jwks()).keys[0]?.kid ?? "";
    return [
      [door.alice.name, "wrong"],
      ["nobody-of-that-name", PASSWORD],
      [disabled.name, PASSWORD],
      [door.alice.name, ""],
      [door.alice.name, refresh.secret],
      ["", refresh.secret],
      [door.alice.name, revoked.secret],
      [door.alice.name, jwt],
      [door.alice.name, door.robot.secret],
      [door.robot.name, PASSWORD],
      [door.alice.name, sealed],
      ["a:b", "c"],
    ];
  }

  const alike = ({ status, body, headers }: Reply) => ({
    status,
    body,
    challenge: headers.get("www-authenticate"),
  });

  test("whatever the reason, by GET and by POST", async () => {
    const byGet = new Set<string>();
    const byPost = new Set<string>();
    for (const [username, password] of await wrongOnes()) {
      // Failures slow the next ones down; this is not about that.
      await door.calm();
      byGet.add(
        JSON.stringify(
          alike(await door.get("?scope=registry:catalog:*", basic(username, password))),
        ),
      );
      await door.calm();
      const form = { grant_type: "password", username, password };
      byPost.add(JSON.stringify(alike(await door.post(form))));
    }
    const said = failure("access.bad_credentials");
    const errors = [
      {
        code: "UNAUTHORIZED",
        message: `${said.words("en")}. ${said.help("en")}`,
        detail: { reason: "access.bad_credentials" },
      },
    ];
    const challenge = 'Basic realm="Entrepot"';
    expect([...byGet].map((each) => JSON.parse(each))).toEqual([
      { status: 401, body: { errors }, challenge },
    ]);
    const oauth = { error: "invalid_grant", error_description: said.words("en") };
    expect([...byPost].map((each) => JSON.parse(each))).toEqual([
      { status: 401, body: { ...oauth, errors }, challenge },
    ]);
  });

  test("no other kind of secret is a refresh token", async () => {
    const maker = await door.rig.login(door.alice.name);
    const personal = await door.rig.identity.tokens.createPersonal(maker, "r", { name: "pat" });
    const login = await door.rig.identity.tokens.createLogin(maker, "r");
    const jwt = (await door.rig.tokens.issue(maker, [])).token;
    for (const refresh_token of [
      personal.secret,
      login.secret,
      door.robot.secret,
      jwt,
      PASSWORD,
      "",
      "ent_ref_x",
    ]) {
      await door.calm();
      const { status, body } = await door.post({ grant_type: "refresh_token", refresh_token });
      expect([status, body.error]).toEqual([401, "invalid_grant"]);
    }
  });

  test.each(["Bearer abc", "Basic", "Basic !!!", "Basic YQ==", "Digest a=b", "Basic /////w=="])(
    "so is a header that shows nothing: %s",
    async (authorization) => {
      await door.calm();
      const { status, body } = await door.get("", { authorization });
      expect(status).toBe(401);
      expect(body.errors[0].detail.reason).toBe("access.bad_credentials");
    },
  );

  test("who tries too often is told how long to wait (A41)", async () => {
    const { name } = await door.rig.person();
    let last: Reply | undefined;
    for (let at = 0; at < 20 && last?.status !== 429; at++) {
      last = await door.get("", basic(name, "wrong"));
    }
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
    const byPost = await door.post({ grant_type: "password", username: name, password: "wrong" });
    expect([byPost.status, byPost.body.error]).toEqual([429, "temporarily_unavailable"]);
    await door.calm();
  });

  test("and each is written down", async () => {
    const entries = await door.rigs.db.read
      .selectFrom("audit")
      .select(["reason"])
      .where("action", "=", "login")
      .where("result", "=", "denied")
      .execute();
    expect(entries.length).toBeGreaterThan(20);
  });
});

describe("the keys", () => {
  test("are published, and may be kept a while", async () => {
    const response = await door.ask("/token/jwks");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("public, max-age=300");
    const { token } = (await door.get("")).body;
    const { kid } = JSON.parse(Buffer.from(token.split(".")[0], "base64url").toString());
    const found = response.body.keys.find((each: { kid: string }) => each.kid === kid);
    expect(found).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" });
    expect(JSON.stringify(response.body)).not.toContain('"d"');
  });
});

describe("the door", () => {
  test.each([
    ["PUT", "/token", 405, "GET, HEAD, POST"],
    ["DELETE", "/token", 405, "GET, HEAD, POST"],
    ["POST", "/token/jwks", 405, "GET, HEAD"],
    ["GET", "/token/", 404, null],
    ["GET", "/token/jwks/x", 404, null],
  ])("%s %s is %d", async (method, path, status, allow) => {
    const response = await door.ask(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("allow")).toBe(allow);
  });

  test("speaks the reader's language and names the line of the log", async () => {
    const before = door.lines.length;
    const headers = { ...basic(door.alice.name, "wrong"), "accept-language": "zh-CN" };
    const { body, headers: answered } = await door.get(`?scope=${SCOPE}`, headers);
    const said = failure("access.bad_credentials");
    expect(body.errors[0].message).toBe(`${said.words("zh")}。${said.help("zh")}`);
    const line = JSON.parse(door.lines.slice(before).at(-1) ?? "{}");
    expect(line).toMatchObject({ route: "token", path: "/token", status: 401 });
    expect(answered.get("x-request-id")).toBe(line.request);
    await door.calm();
  });

  test("logs who it was, and no secret (A66)", async () => {
    const before = door.lines.length;
    const form = { grant_type: "password", username: door.robot.name, password: door.robot.secret };
    const { body } = await door.post({ ...form, access_type: "offline" });
    const told = door.lines.slice(before).join("\n");
    expect(told).toContain(door.robot.name);
    for (const secret of [door.robot.secret, body.token, body.refresh_token]) {
      expect(told).not.toContain(secret);
    }
  });

  test("where authentication is off, gives everybody a token of nobody, whatever they show", async () => {
    const headers = { ...basic("whoever", "whatever"), "x-door": "open" };
    const { status, body } = await door.get(`?offline_token=true&scope=${SCOPE}`, headers);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty("refresh_token");
    const form = { grant_type: "password", username: "a", password: "b" };
    expect((await door.post(form, { "x-door": "open" })).status).toBe(200);
  });
});
