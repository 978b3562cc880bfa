import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PASSWORD } from "../../features/registry-tokens/suite-rig.ts";
import { TOKEN_EXCHANGE } from "./ask.ts";
import { basic, DoorRig, OUTSIDE_TOKEN, SCOPE } from "./suite-door.ts";

let door: DoorRig;

beforeAll(async () => {
  door = await DoorRig.open();
});

afterAll(() => door.close());

const ALICE_PUSHES = ["repository:pull team/app", "repository:push team/app"];

describe("GET", () => {
  test("gives a token by Basic, in the shape that every client reads", async () => {
    const { status, headers, body } = await door.get(
      `?service=Entrepot&account=${door.alice.name}&scope=${SCOPE}`,
      basic(door.alice.name, PASSWORD),
    );
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([
      "access_token",
      "expires_in",
      "issued_at",
      "token",
      "token_type",
    ]);
    expect(body.token).toBe(body.access_token);
    expect(body.expires_in).toBe(300);
    expect(body.issued_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(Math.abs(Date.parse(body.issued_at) - door.rigs.clock.now())).toBeLessThan(1_000);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("pragma")).toBe("no-cache");
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(await door.read(body.token)).toEqual({
      name: door.alice.name,
      via: "password",
      allows: ALICE_PUSHES,
    });
  });

  test.each([
    ["", []],
    ["?scope=repository:open/a:pull", ["repository:pull open/a"]],
    ["?scope=repository:open/a:push,pull", ["repository:pull open/a"]],
    ["?scope=repository:team/app:pull", []],
    [
      "?scope=repository:open/a:pull&scope=repository:open/b:pull",
      ["repository:pull open/a", "repository:pull open/b"],
    ],
    [
      "?scope=repository:open/a:pull%20repository:open/b:pull",
      ["repository:pull open/a", "repository:pull open/b"],
    ],
    [
      "?scope=repository:open/a:pull+repository:open/b:pull",
      ["repository:pull open/a", "repository:pull open/b"],
    ],
    ["?scope=repository%28plugin%29:open/a:pull", ["repository:pull open/a"]],
    ["?scope=repository:127.0.0.1:5000/open/a:pull&scope=rubbish&scope=", []],
    ["?scope=registry:catalog:*", ["registry:catalog **"]],
  ])("gives nobody what is public: %s", async (query, allows) => {
    for (const headers of [{}, basic("", "")]) {
      const { status, body } = await door.get(query, headers);
      expect(status).toBe(200);
      expect(await door.read(body.token)).toEqual({ name: "anonymous", via: "none", allows });
    }
  });

  test("`offline_token=true` brings a refresh token to somebody, never to nobody", async () => {
    const query = "?account=a&client_id=docker&offline_token=true&service=Entrepot";
    const { body } = await door.get(query, basic(door.alice.name, PASSWORD));
    expect(body.refresh_token).toMatch(/^ent_ref_[0-9A-Za-z]{49}$/);
    expect(await door.read(body.token)).toMatchObject({ name: door.alice.name, allows: [] });
    expect((await door.get(query)).body).not.toHaveProperty("refresh_token");
  });

  test("HEAD is answered like GET, without the body", async () => {
    const response = await door.ask("/token", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(300);
  });
});

describe("POST", () => {
  test("gives a token for name and password, and says what it allows", async () => {
    const { status, body, headers } = await door.post({
      grant_type: "password",
      username: door.alice.name,
      password: PASSWORD,
      service: "Entrepot",
      client_id: "containerd-client",
      scope: `${SCOPE} repository:team/app:delete repository:open/a:pull`,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      token: body.access_token,
      token_type: "Bearer",
      expires_in: 300,
      scope: `${SCOPE} repository:open/a:pull`,
    });
    expect(body).not.toHaveProperty("refresh_token");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(await door.read(body.access_token)).toMatchObject({ name: door.alice.name });
  });

  test("with `access_type=offline` a refresh token too, which goes on working (A45)", async () => {
    const { body } = await door.post({
      grant_type: "password",
      username: door.robot.name,
      password: door.robot.secret,
      access_type: "offline",
      client_id: "docker",
    });
    const secret: string = body.refresh_token;
    for (const scope of [SCOPE, "repository:open/a:pull", ""]) {
      const form = { grant_type: "refresh_token", refresh_token: secret, client_id: "docker" };
      const again = await door.post({ ...form, scope, access_type: "offline" });
      expect(again.status).toBe(200);
      // No second one comes of it: it would outlive the first (A38).
      expect(again.body).not.toHaveProperty("refresh_token");
      expect(await door.read(again.body.access_token)).toMatchObject({
        name: door.robot.name,
        via: "refresh",
      });
    }
  });

  test("a refresh token never gives more than what it was got with (A38)", async () => {
    const limits = [{ actions: ["repository:pull"], repositories: ["team/app"] }];
    const maker = await door.rig.login(door.alice.name);
    const input = { name: "narrow", limits };
    const { secret } = await door.rig.identity.tokens.createPersonal(maker, "r", input);
    const login = await door.get("?offline_token=true", basic(door.alice.name, secret));
    const { body } = await door.post({
      grant_type: "refresh_token",
      refresh_token: login.body.refresh_token,
      scope: `${SCOPE} repository:team/other:pull registry:catalog:* repository:team/app:*`,
    });
    expect(body.scope).toBe("repository:team/app:pull");
    expect((await door.read(body.access_token)).allows).toEqual(["repository:pull team/app"]);
  });

  test("nobody is nobody here too", async () => {
    const scope = "repository:open/a:pull,push";
    const { status, body } = await door.post({
      grant_type: "password",
      username: "",
      password: "",
      scope,
    });
    expect(status).toBe(200);
    expect(body.scope).toBe("repository:open/a:pull");
    expect(await door.read(body.access_token)).toMatchObject({ name: "anonymous" });
  });

  test.each([
    ["no form", "{}", { "content-type": "application/json" }, 400, "invalid_request"],
    ["an empty one", "", {}, 400, "invalid_request"],
    ["no grant", "username=a&password=b", {}, 400, "invalid_request"],
    ["a grant twice", "grant_type=password&grant_type=password", {}, 400, "invalid_request"],
    ["no password", "grant_type=password&username=a", {}, 400, "invalid_request"],
    [
      "two passwords",
      "grant_type=password&username=a&password=b&password=c",
      {},
      400,
      "invalid_request",
    ],
    ["no refresh token", "grant_type=refresh_token", {}, 400, "invalid_request"],
    ["an unknown grant", "grant_type=authorization_code&code=1", {}, 400, "unsupported_grant_type"],
    ["a grant with quotes", 'grant_type="\\"', {}, 400, "unsupported_grant_type"],
    [
      "a grant that is not offered",
      `grant_type=${TOKEN_EXCHANGE}&subject_token=a`,
      {},
      400,
      "unsupported_grant_type",
    ],
    [
      "no UTF-8",
      Buffer.from("grant_type=password&username=a&password=\xff", "latin1"),
      {},
      400,
      "invalid_request",
    ],
    ["too much", `grant_type=password&x=${"a".repeat(65_536)}`, {}, 413, "invalid_request"],
  ])("refuses %s", async (_, body, headers, status, error) => {
    const response = await door.post(body, headers);
    expect(response.status).toBe(status);
    expect(response.body.error).toBe(error);
    expect(response.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(response.body.errors[0].message).toBeString();
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("refuses too much without reading it all, also when its length was not said", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 10_000) controller.close();
        else controller.enqueue(new Uint8Array(16_384).fill(0x61));
      },
    });
    const asked = door.post(endless);
    // The server may have hung up before the client was done sending.
    const response = await asked.catch(() => undefined);
    if (response !== undefined) expect(response.status).toBe(413);
    expect(sent).toBeLessThan(10_000);
  });
});

describe("an outside token (RFC 8693)", () => {
  const form = { grant_type: TOKEN_EXCHANGE, scope: SCOPE };
  const trusting = { "x-door": "trusting" };

  test("is exchanged by whoever knows how", async () => {
    const { status, body } = await door.post({ ...form, subject_token: OUTSIDE_TOKEN }, trusting);
    expect(status).toBe(200);
    expect(body.issued_token_type).toBe("urn:ietf:params:oauth:token-type:access_token");
    expect(await door.read(body.access_token)).toMatchObject({
      name: door.robot.name,
      via: "robot",
    });
    const offline = { ...form, subject_token: OUTSIDE_TOKEN, access_type: "offline" };
    expect((await door.post(offline, trusting)).body).not.toHaveProperty("refresh_token");
  });

  test("that is wrong is refused like a wrong password", async () => {
    const { status, body } = await door.post({ ...form, subject_token: "a wrong one" }, trusting);
    expect([status, body.error]).toEqual([401, "invalid_grant"]);
  });
});
