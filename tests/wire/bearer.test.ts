import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Answer } from "../support/answer.ts";
import { basic, HttpClient } from "../support/http-client.ts";
import { image, piece, pushBlob, pushImage, putManifest } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const DEVELOPER = { name: "developer", password: "a password to push with", administrator: false };
const OUTSIDER = { name: "outsider", password: "a password to stay out", administrator: false };
const LAYER = piece("a layer behind tokens");

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [DEVELOPER, OUTSIDER],
    projects: [{ name: "team" }, { name: "open", public: true }],
    bindings: [{ to: "developer", role: "developer", on: "team" }],
  });
  await pushImage(registry.admin, "team/app", "v1", [LAYER]);
  await pushImage(registry.admin, "open/app", "v1", [LAYER]);
});

afterAll(() => registry.close());

/** A client that shows a token for these scopes and nothing else. */
async function bearing(
  scopes: readonly string[],
  who?: { name: string; password: string },
): Promise<HttpClient> {
  const query = new URLSearchParams({ service: "Entrepot" });
  for (const scope of scopes) query.append("scope", scope);
  const headers: Record<string, string> = who === undefined ? {} : { authorization: basic(who) };
  const answer = await registry.anonymous.get(`/token?${query}`, headers);
  const { token } = answer.expect(200).json as { token: string };
  return new Bearing(registry.url, token);
}

class Bearing extends HttpClient {
  readonly #token: string;

  constructor(url: string, token: string) {
    super(url);
    this.#token = token;
  }

  override get authorization(): string {
    return `Bearer ${this.#token}`;
  }
}

/** What the challenge asks for: `[scope, error]`. */
function asked(answer: Answer): (string | undefined)[] {
  const header = answer.expect(401).header("www-authenticate");
  return ["scope", "error"].map((name) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1]);
}

describe("a token", () => {
  test("without a scope shows who somebody is, and opens nothing", async () => {
    const client = await bearing([], DEVELOPER);
    (await client.get("/v2/")).expect(200);
    const refused = await client.get("/v2/team/app/manifests/v1");
    expect(asked(refused)).toEqual(["repository:team/app:pull", "insufficient_scope"]);
    expect(refused.error.code).toBe("DENIED");
  });

  test("opens what it names, in the repository that it names", async () => {
    const client = await bearing(["repository:team/app:pull"], DEVELOPER);
    (await client.get("/v2/team/app/manifests/v1")).expect(200);
    (await client.get(`/v2/team/app/blobs/${LAYER.digest}`)).expect(200);
    const elsewhere = await client.get("/v2/open/app/manifests/v1");
    expect(asked(elsewhere)).toEqual(["repository:open/app:pull", "insufficient_scope"]);
    const push = await client.post("/v2/team/app/blobs/uploads/");
    expect(asked(push)).toEqual(["repository:team/app:pull,push", "insufficient_scope"]);
  });

  test("pushes and mounts with the scopes that clients ask for", async () => {
    const scopes = ["repository:team/mounted:pull,push", "repository:team/app:pull"];
    const client = await bearing(scopes, DEVELOPER);
    const mount = `/v2/team/mounted/blobs/uploads/?mount=${LAYER.digest}&from=team/app`;
    (await client.post(mount)).expect(201);
    await pushImage(client, "team/mounted", "v1", [LAYER]);
  });

  test("that leaves out the source of a mount is to be got anew, where that would do", async () => {
    const ask = async (client: HttpClient, to: string, from: string) =>
      client.post(`/v2/team/${to}/blobs/uploads/?mount=${LAYER.digest}${from}`);
    for (const [to, from] of [
      ["named", "&from=team/app"],
      ["unnamed", ""],
    ] as const) {
      const narrow = await bearing([`repository:team/${to}:pull,push`], DEVELOPER);
      const [scope = "", error] = asked(await ask(narrow, to, from));
      expect(scope).toMatch(/^repository:team\/(un)?named:pull,push repository:[a-z/]+:pull$/);
      expect(error).toBe("insufficient_scope");
      (await ask(await bearing([scope], DEVELOPER), to, from)).expect(201);
    }
    // What is not there, and what they may not pull: the upload begins as if nothing was said.
    await pushImage(registry.admin, "theirs/app", "v1", [LAYER]);
    const narrow = await bearing(["repository:team/other:pull,push"], DEVELOPER);
    for (const from of ["team/none", "theirs/app", "ghost/app"]) {
      (await ask(narrow, "other", `&from=${from}`)).expect(202);
    }
  });

  test("of an administrator brings a project into being", async () => {
    const client = await bearing(["repository:founded/app:pull,push"], ADMIN);
    await pushImage(client, "founded/app", "v1", [LAYER]);
    (await client.get("/v2/founded/app/manifests/v1")).expect(200);
  });

  test("of somebody without the right: 403, since no other token would do", async () => {
    const client = await bearing(["repository:team/app:pull"], OUTSIDER);
    for (const path of ["/v2/team/app/manifests/v1", "/v2/ghost/app/manifests/v1"]) {
      const refused = (await client.get(path)).refuses(403, "DENIED");
      expect(refused.headers.has("www-authenticate")).toBe(false);
      expect(refused.error.detail).toMatchObject({ because: "none", principal: "outsider" });
    }
    const remove = await bearing(["repository:team/app:*"], DEVELOPER);
    (await remove.delete("/v2/team/app/manifests/v1")).refuses(403, "DENIED");
  });

  test("of nobody pulls what is public, and is asked for another elsewhere (A29)", async () => {
    const scopes = ["open/app", "team/app", "ghost/app"].map((name) => `repository:${name}:pull`);
    const client = await bearing(scopes);
    (await client.get("/v2/open/app/manifests/v1")).expect(200);
    for (const name of ["team/app", "ghost/app"]) {
      const refused = await client.get(`/v2/${name}/manifests/v1`);
      expect(asked(refused)).toEqual([`repository:${name}:pull`, "insufficient_scope"]);
    }
  });

  test("that is none is refused as such", async () => {
    for (const token of [
      "abc",
      "a.b.c",
      "ent_pat_0123456789",
      DEVELOPER.password.replace(/ /g, ""),
    ]) {
      const refused = await new Bearing(registry.url, token).get("/v2/");
      expect(asked(refused)[1]).toBe("invalid_token");
    }
  });

  test("with its last character changed counts for nothing", async () => {
    const client = await bearing(["repository:team/app:pull"], DEVELOPER);
    const forged = client.authorization?.slice("Bearer ".length, -4) ?? "";
    const refused = await new Bearing(registry.url, `${forged}AAAA`).get("/v2/team/app/tags/list");
    expect(asked(refused)[1]).toBe("invalid_token");
  });
});

describe("rights are looked up again when a token is used (A38, A39)", () => {
  test("deletion needs the right as well as the scope", async () => {
    const client = await bearing(["repository:team/app:pull,push,delete"], DEVELOPER);
    (await putManifest(client, "team/app", "v2", image([LAYER]))).expect(201);
    (await client.delete("/v2/team/app/manifests/v2")).refuses(403, "DENIED");
  });
});

describe("the catalogue", () => {
  const list = "/v2/_catalog";
  test("takes its own scope", async () => {
    const scopeless = await bearing([], DEVELOPER);
    expect(asked(await scopeless.get(list))).toEqual(["registry:catalog:*", "insufficient_scope"]);
  });

  test("shows each what they may pull, to nobody what is public", async () => {
    await pushBlob(registry.admin, "team/empty", LAYER);
    const seen = async (who?: { name: string; password: string }) => {
      const client = await bearing(["registry:catalog:*"], who);
      const { repositories } = (await client.get(list)).expect(200).json as {
        repositories: string[];
      };
      return repositories.filter((name) => name.endsWith("/app"));
    };
    expect(await seen(OUTSIDER)).toEqual(["open/app"]);
    expect(await seen(DEVELOPER)).toEqual(["open/app", "team/app"]);
    expect(await seen()).toEqual(["open/app"]);
    expect(await seen(ADMIN)).toContain("founded/app");
  });
});
