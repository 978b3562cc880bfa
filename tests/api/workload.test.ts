import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { basic, HttpClient } from "../support/http-client.ts";
import { type Idp, startIdp } from "../support/idp.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const AUDIENCE = "registry.example.com";
const MAIN = "repo:acme/app:ref:refs/heads/main";
const CLAIMS = { aud: AUDIENCE, sub: MAIN, repository: "acme/app", environment: "production" };

let idp: Idp;
let registry: TestRegistry;

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Json = any;

async function ask(method: string, path: string, body?: unknown, as = basic(ADMIN)) {
  const response = await fetch(`${registry.url}/api/v1${path}`, {
    method,
    headers: { ...(as === "" ? {} : { authorization: as }), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: (text === "" ? null : JSON.parse(text)) as Json };
}

const exchange = (token: string) => ask("POST", "/workload/exchange", { token }, "");

beforeAll(async () => {
  idp = await startIdp();
  registry = await startRegistry({ settings: { "outbound.allow": "127.0.0.1" } });
  await ask("POST", "/projects", { name: "acme" });
  const robot = (await ask("POST", "/projects/acme/robots", { name: "ci" })).json;
  const subject = { kind: "principal", name: robot.name };
  await ask("POST", "/projects/acme/members", { subject, role: "developer" });
  const rule = await ask("POST", "/projects/acme/trust-rules", {
    name: "main",
    robotId: robot.id,
    issuer: idp.issuer,
    audience: AUDIENCE,
    subject: MAIN,
    condition: 'claims.environment == "production"',
  });
  expect(rule.status).toBe(201);
});

afterAll(async () => {
  await registry.close();
  await idp.close();
});

test("a pipeline pushes with a token of its issuer, and with nothing stored", async () => {
  const { status, json } = await exchange(await idp.mint(CLAIMS));
  expect(status).toBe(201);
  expect(json).toMatchObject({ name: "robot+acme+ci", rule: "main" });
  expect(json.expiresAt - Date.now()).toBeLessThanOrEqual(3_600_000);
  // As docker does: the password for a token, the token for the push.
  const scope = "repository:acme/app:push,pull";
  const client = new HttpClient(registry.url, { name: json.name, password: json.secret });
  const given = await client.get(`/token?service=Entrepot&scope=${scope}`);
  const { token } = given.json as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const anonymous = new HttpClient(registry.url);
  const config = "{}";
  const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  const blob = await anonymous.post(`/v2/acme/app/blobs/uploads/?digest=${digest}`, {
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: config,
  });
  expect(blob.status).toBe(201);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = await anonymous.put("/v2/acme/app/manifests/1", {
    headers: { ...headers, "content-type": mediaType },
    body: JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest, size: 2 },
      layers: [],
    }),
  });
  expect(manifest.status).toBe(201);
  const log = (await ask("GET", "/projects/acme/audit?action=manifest.push")).json.items[0];
  expect(log).toMatchObject({ actor: { name: "robot+acme+ci" }, via: "workload" });
});

describe("refused alike, and the log says why", () => {
  test.each([
    ["another subject", "subject", { sub: "repo:acme/other:ref:refs/heads/main" }],
    ["another branch", "subject", { sub: "repo:acme/app:ref:refs/heads/feature" }],
    ["another audience", "audience", { aud: "https://elsewhere.example.com" }],
    ["a claim that the condition is about", "condition", { environment: "test" }],
    ["another issuer", "no_rule", { iss: "https://issuer.example.com" }],
    [
      "an end that is past",
      "expired",
      { iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_000_600 },
    ],
  ])("%s", async (_, reason, claims) => {
    const { status, json } = await exchange(await idp.mint({ ...CLAIMS, ...claims }));
    expect([status, json.code, json.details]).toEqual([401, "workload.refused", {}]);
    const { items } = (await ask("GET", "/audit?result=denied")).json;
    expect(items[0].reason).toBe(reason);
  });

  test("a signature that is not the issuer's", async () => {
    const [head = "", body = "", signature = ""] = (await idp.mint(CLAIMS)).split(".");
    const forged = `${head}.${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
    expect((await exchange(forged)).status).toBe(401);
  });
});
