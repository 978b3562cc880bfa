import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Account } from "../support/accounts.ts";
import type { HttpClient } from "../support/http-client.ts";
import {
  EMPTY_CONFIG,
  type Image,
  image,
  piece,
  pushImage,
  putManifest,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const NIL = `sha256:${"0".repeat(64)}`;
const SESSION = "0123456789abcdef";
const LAYER = piece("a layer of the rights");

function account(name: string): Account {
  return { name, password: `the password of ${name}`, administrator: false };
}

const NAMES = ["guest", "developer", "maintainer", "outsider", "tagger", "near", "far", "chief"];
type Who = "guest" | "developer" | "maintainer" | "outsider" | "anonymous";

let registry: TestRegistry;
let inTeam: Image;
let inOpen: Image;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: NAMES.map(account),
    projects: [
      { name: "team" },
      { name: "open", public: true },
      { name: "fenced", networks: ["192.0.2.0/24"] },
      { name: "local", networks: ["127.0.0.0/8", "::1/128"] },
    ],
    bindings: [
      { to: "guest", role: "guest", on: "team" },
      { to: "developer", role: "developer", on: "team" },
      { to: "maintainer", role: "maintainer", on: "team" },
      { to: "chief", role: "project-administrator", on: "team" },
      { to: "chief", role: "developer", on: "fenced" },
      { to: "chief", role: "developer", on: "local" },
      { to: "tagger", role: "maintainer", on: "team", repositories: "app", tags: "dev-*" },
      { to: "near", role: "guest", on: "team", condition: NEAR },
      { to: "far", role: "guest", on: "team", condition: FAR },
    ],
  });
  inTeam = await pushImage(registry.admin, "team/app", "v1", [LAYER]);
  inOpen = await pushImage(registry.admin, "open/app", "v1", [LAYER]);
  await pushImage(registry.admin, "open/app", "dev-1", [LAYER]);
});

afterAll(() => registry.close());

const NEAR = 'inNetwork(request.address, "127.0.0.0/8") || inNetwork(request.address, "::1/128")';
const FAR = 'inNetwork(request.address, "192.0.2.0/24")';

function as(who: string): HttpClient {
  return who === "anonymous" ? registry.anonymous : registry.as(account(who));
}

/** What each gets for a request: a status for every one of them. */
type Expected = readonly [string, Readonly<Record<Who, number>>];

function all(guest: number, developer: number, maintainer: number, others = 403, nobody = 401) {
  return { guest, developer, maintainer, outsider: others, anonymous: nobody };
}

function table(name: string, rows: () => readonly Expected[]): void {
  describe(name, () => {
    for (const [ask, expected] of rows()) {
      for (const [who, status] of Object.entries(expected)) {
        test(`${who}: ${ask} → ${status}`, async () => {
          const [method = "", path = ""] = ask.split(" ");
          const digest = path.includes("open/") ? inOpen.digest : inTeam.digest;
          const target = path.replace("{digest}", digest).replace("{layer}", LAYER.digest);
          const answer = await as(who).send(method, target);
          answer.expect(status);
          if (status === 401) expect(answer.header("www-authenticate")).not.toBe("");
          if (status === 403 && method !== "HEAD") expect(answer.error.code).toBe("DENIED");
        });
      }
    }
  });
}

/** Requests by what they take; what is deleted is not there, so that a row changes nothing. */
function requests(name: string) {
  const at = `/v2/${name}`;
  const reads = [
    `GET ${at}/manifests/v1`,
    `HEAD ${at}/manifests/v1`,
    `GET ${at}/manifests/{digest}`,
    `GET ${at}/blobs/{layer}`,
    `HEAD ${at}/blobs/{layer}`,
    `GET ${at}/tags/list`,
    `GET ${at}/referrers/{digest}`,
  ];
  const writes = [
    `GET ${at}/blobs/uploads/${SESSION}`,
    `PATCH ${at}/blobs/uploads/${SESSION}`,
    `PUT ${at}/blobs/uploads/${SESSION}?digest=${NIL}`,
    `DELETE ${at}/blobs/uploads/${SESSION}`,
  ];
  const deletes = [
    `DELETE ${at}/manifests/not-there`,
    `DELETE ${at}/manifests/${NIL}`,
    `DELETE ${at}/blobs/${NIL}`,
  ];
  return { at, reads, writes, deletes };
}

table("a private repository", () => {
  const { at, reads, writes, deletes } = requests("team/app");
  return [
    ...reads.map((ask): Expected => [ask, all(200, 200, 200)]),
    ...writes.map((ask): Expected => [ask, all(403, 404, 404)]),
    ...deletes.map((ask): Expected => [ask, all(403, 403, 404)]),
    [`POST ${at}/blobs/uploads/`, all(403, 202, 202)],
    [`PUT ${at}/manifests/v2`, all(403, 400, 400)],
    [`DELETE ${at}/blobs/${NIL}?force=true`, all(403, 403, 403)],
  ];
});

table("a public repository", () => {
  const { at, reads, writes, deletes } = requests("open/app");
  return [
    ...reads.map((ask): Expected => [ask, all(200, 200, 200, 200, 200)]),
    ...[...writes, ...deletes].map((ask): Expected => [ask, all(403, 403, 403)]),
    [`POST ${at}/blobs/uploads/`, all(403, 403, 403)],
    [`PUT ${at}/manifests/v2`, all(403, 403, 403)],
  ];
});

table("a repository that is not there, in a project that is", () => {
  const { at } = requests("team/none");
  return [
    [`GET ${at}/manifests/v1`, all(404, 404, 404)],
    [`GET ${at}/blobs/${NIL}`, all(404, 404, 404)],
    [`GET ${at}/tags/list`, all(404, 404, 404)],
    // "MUST NOT return a 404" (distribution-spec, "Listing Referrers").
    [`GET ${at}/referrers/${NIL}`, all(200, 200, 200)],
    [`DELETE ${at}/manifests/v1`, all(403, 403, 404)],
  ];
});

table("a project that is not there", () => {
  const { at, reads, writes, deletes } = requests("ghost/app");
  const asks = [...reads, ...writes, ...deletes, `POST ${at}/blobs/uploads/`];
  return asks.map((ask): Expected => [ask, all(403, 403, 403)]);
});

test("the ping and the catalogue are nobody's, and everybody's who has logged in", async () => {
  for (const path of ["/v2/", "/v2/_catalog"]) (await as("anonymous").get(path)).expect(401);
  for (const who of ["guest", "outsider"]) (await as(who).get("/v2/")).expect(200);
});

test("the catalogue shows each what they may pull (A28)", async () => {
  const seen = async (client: HttpClient) => (await client.get("/v2/_catalog")).expect(200).json;
  expect(await seen(as("guest"))).toEqual({ repositories: ["open/app", "team/app"] });
  expect(await seen(as("outsider"))).toEqual({ repositories: ["open/app"] });
  expect(await seen(as("far"))).toEqual({ repositories: ["open/app"] });
  expect(await seen(registry.admin)).toEqual({ repositories: ["open/app", "team/app"] });
});

describe("what is missing is refused like what is forbidden (A29)", () => {
  const paths = (name: string) => [
    `/v2/${name}/manifests/v1`,
    `/v2/${name}/manifests/${NIL}`,
    `/v2/${name}/blobs/${LAYER.digest}`,
    `/v2/${name}/tags/list`,
  ];
  /** Everything of an answer that does not name what was asked for. */
  async function shape(client: HttpClient, path: string, name: string) {
    const answer = await client.get(path);
    const headers = [...answer.headers].filter(([key]) => !["date", "x-request-id"].includes(key));
    const text = JSON.stringify([answer.status, headers, answer.text]);
    const length = answer.header("content-length");
    return text.replaceAll(name, "…").replaceAll(length, "#");
  }
  test.each(["outsider", "anonymous"])("to %s", async (who) => {
    const client = as(who);
    const names = ["team/app", "team/none", "ghost/app"];
    for (const [index] of paths("").entries()) {
      const shapes = await Promise.all(
        names.map((name) => shape(client, paths(name)[index] ?? "", name)),
      );
      expect(new Set(shapes).size).toBe(1);
    }
  });

  test("a mount from what one may not pull goes the way of one that is not there", async () => {
    await pushImage(registry.admin, "open/secret-source", "v1", [LAYER]);
    const mount = async (digest: string, from: string) => {
      const query = `mount=${digest}${from === "" ? "" : `&from=${from}`}`;
      const answer = await as("developer").post(`/v2/team/mounts/blobs/uploads/?${query}`);
      return answer.status;
    };
    const only = piece("only in the private project of others");
    await pushImage(registry.admin, "fenced/app", "v1", [only]);
    expect(await mount(only.digest, "fenced/app")).toBe(202);
    expect(await mount(only.digest, "ghost/app")).toBe(202);
    expect(await mount(only.digest, "")).toBe(202);
    expect(await mount(NIL, "team/app")).toBe(202);
    expect(await mount(LAYER.digest, "open/app")).toBe(201);
  });
});

describe("tag patterns", () => {
  const made = image([LAYER]);
  test("allow the tags that they name, and no other", async () => {
    const client = as("tagger");
    (await putManifest(client, "team/app", "dev-2", made)).expect(201);
    (await putManifest(client, "team/app", "v2", made)).refuses(403, "DENIED");
    (await client.get("/v2/team/app/manifests/dev-2")).expect(200);
    (await client.get("/v2/team/app/manifests/v1")).refuses(403, "DENIED");
    (await client.delete("/v2/team/app/manifests/v1")).refuses(403, "DENIED");
    (await client.delete("/v2/team/app/manifests/dev-2")).expect(202);
  });

  test("hold for each tag of a push of several (A25)", async () => {
    const client = as("tagger");
    const push = (query: string) =>
      putManifest(client, "team/app", `${made.digest}?${query}`, made);
    (await push("tag=dev-3&tag=dev-4")).expect(201);
    (await push("tag=dev-5&tag=v1")).refuses(403, "DENIED");
    (await registry.admin.get("/v2/team/app/manifests/dev-5")).expect(404);
    (await putManifest(client, "team/app", "dev-6?tag=v1", made)).refuses(403, "DENIED");
    (await registry.admin.get("/v2/team/app/manifests/dev-6")).expect(404);
  });

  test("a removal by digest would take tags of any name away with it", async () => {
    const answer = await as("tagger").delete(`/v2/team/app/manifests/${inTeam.digest}`);
    answer.refuses(403, "DENIED");
    (await registry.admin.get("/v2/team/app/manifests/v1")).expect(200);
  });

  test("other repositories of the project are not meant", async () => {
    (await as("tagger").post("/v2/team/other/blobs/uploads/")).refuses(403, "DENIED");
  });
});

describe("addresses", () => {
  test("a condition on where it comes from", async () => {
    (await as("near").get("/v2/team/app/manifests/v1")).expect(200);
    const refused = (await as("far").get("/v2/team/app/manifests/v1")).refuses(403, "DENIED");
    expect(refused.error.detail).toMatchObject({ because: "condition" });
  });

  test("a project's networks bind its administrators too", async () => {
    const refused = await as("chief").get("/v2/fenced/app/manifests/v1");
    expect(refused.refuses(403, "DENIED").error.detail).toMatchObject({ because: "network" });
    (await as("chief").post("/v2/local/app/blobs/uploads/")).expect(202);
  });

  test("a forwarding header of a stranger changes nothing (A43)", async () => {
    const headers = { "x-forwarded-for": "192.0.2.7", forwarded: "for=192.0.2.7" };
    const answer = await as("far").get("/v2/team/app/manifests/v1", headers);
    answer.refuses(403, "DENIED");
  });
});

describe("a refusal says why", () => {
  test("with who, what, where and the reason, in both languages", async () => {
    const ask = (language: string) =>
      as("guest").send("POST", "/v2/team/app/blobs/uploads/", {
        headers: { "accept-language": language },
      });
    const { detail, message } = (await ask("en")).refuses(403, "DENIED").error;
    expect(detail).toMatchObject({
      reason: "access.denied",
      principal: "guest",
      action: "repository:push",
      resource: "repository team/app",
      because: "none",
    });
    expect(message).toContain(String(detail.why));
    const chinese = (await ask("zh-CN")).error;
    expect(chinese.message).toContain(String(detail.why_zh));
    expect(chinese.message).toContain("无权");
  });
});

describe("projects that a push brings into being", () => {
  test("are the administrators' to make", async () => {
    (await as("developer").post("/v2/brand-new/app/blobs/uploads/")).refuses(403, "DENIED");
    await pushImage(registry.admin, "brand-new/app", "v1", [EMPTY_CONFIG]);
    (await registry.admin.get("/v2/brand-new/app/manifests/v1")).expect(200);
    (await as("developer").get("/v2/brand-new/app/manifests/v1")).refuses(403, "DENIED");
  });
});
