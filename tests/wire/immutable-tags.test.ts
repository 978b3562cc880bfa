import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { EMPTY_CONFIG, type Image, image, pushBlob, putManifest } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry({ projects: [{ name: "team" }] });
});
afterAll(() => registry.close());

const PROJECT = "/api/v1/projects/team";

async function rest(method: string, path: string, body?: unknown) {
  const answer = await registry.admin.send(method, path, {
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = answer.text === "" ? undefined : JSON.parse(answer.text);
  return { status: answer.status, json };
}

async function must(method: string, path: string, body?: unknown) {
  const { status, json } = await rest(method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json;
}

let count = 0;
/** An image that nobody has pushed, in a repository where it can be. */
async function fresh(repository: string): Promise<Image> {
  const mine = ++count;
  await pushBlob(registry.admin, repository, EMPTY_CONFIG);
  return image([], { annotations: { count: String(mine) } });
}

async function push(repository: string, reference: string): Promise<Image> {
  const made = await fresh(repository);
  (await putManifest(registry.admin, repository, reference, made)).expect(201);
  return made;
}

/** Where a tag points; undefined when it is not there. */
async function at(repository: string, tag: string): Promise<string | undefined> {
  const answer = await registry.admin.head(`/v2/${repository}/manifests/${tag}`);
  return answer.status === 200 ? (answer.headers.get("docker-content-digest") ?? "") : undefined;
}

const manifests = (repository: string, reference: string) =>
  `/v2/${repository}/manifests/${reference}`;
const inRest = (repository: string) =>
  `${PROJECT}/repositories/${encodeURIComponent(repository.slice("team/".length))}`;

describe("an immutable tag stays where it is, whichever door the change comes by (A25)", () => {
  const REPO = "team/doors";
  let held: Image;
  let other: Image;

  beforeAll(async () => {
    await must("POST", `${PROJECT}/immutability-rules`, {
      name: "releases",
      repositories: "doors",
      tags: "*",
      exceptTags: ["dev-*"],
    });
    held = await push(REPO, "latest");
    other = await push(REPO, "dev-1");
  });

  type Door = [name: string, run: () => Promise<{ status: number; json?: unknown }>];
  const wire = async (answer: Promise<{ status: number; text: string }>) => {
    const { status, text } = await answer;
    return { status, json: text === "" ? undefined : JSON.parse(text) };
  };
  const doors: Door[] = [
    ["a push", () => wire(fresh(REPO).then((i) => putManifest(registry.admin, REPO, "latest", i)))],
    [
      "a push by another tag with ?tag=",
      () =>
        wire(
          fresh(REPO).then((made) =>
            putManifest(registry.admin, REPO, `${made.digest}?tag=dev-2&tag=latest`, made),
          ),
        ),
    ],
    ["a delete by tag", () => wire(registry.admin.delete(manifests(REPO, "latest")))],
    ["a delete by digest", () => wire(registry.admin.delete(manifests(REPO, held.digest)))],
    ["REST: set", () => rest("PUT", `${inRest(REPO)}/tags/latest`, { digest: other.digest })],
    ["REST: delete the tag", () => rest("DELETE", `${inRest(REPO)}/tags/latest`)],
    ["REST: delete the artifact", () => rest("DELETE", `${inRest(REPO)}/artifacts/${held.digest}`)],
    ["REST: delete the repository", () => rest("DELETE", inRest(REPO))],
    ["REST: delete the project", () => rest("DELETE", PROJECT)],
  ];

  test.each(doors)("%s", async (_, run) => {
    const { status, json } = await run();
    expect([status, JSON.stringify(json)]).toEqual([409, expect.stringContaining("immutable")]);
    expect(JSON.stringify(json)).toContain("releases");
    expect(await at(REPO, "latest")).toBe(held.digest);
    expect(await at(REPO, "dev-2")).toBeUndefined();
  });

  test("clients are told in the code that they show and do not try again", async () => {
    const answer = await putManifest(registry.admin, REPO, "latest", await fresh(REPO));
    const [error] = JSON.parse(answer.text).errors;
    expect(error.code).toBe("DENIED");
    expect(error.message).toContain("latest");
    expect(error.detail).toMatchObject({ reason: "tag.immutable", rule: "releases" });
  });

  test("the same bytes again are no change, and a success", async () => {
    (await putManifest(registry.admin, REPO, "latest", held)).expect(201);
    const same = await rest("PUT", `${inRest(REPO)}/tags/latest`, { digest: held.digest });
    expect(same.status).toBe(200);
  });

  test("what a rule excepts moves and goes as before", async () => {
    await push(REPO, "dev-1");
    (await registry.admin.delete(manifests(REPO, "dev-1"))).expect(202);
  });

  test("other repositories are not concerned", async () => {
    await push("team/free", "latest");
    const second = await push("team/free", "latest");
    expect(await at("team/free", "latest")).toBe(second.digest);
    expect((await rest("DELETE", inRest("team/free"))).status).toBe(204);
  });

  test("the list of tags says which are, and by which rule", async () => {
    await push(REPO, "dev-9");
    const { items } = await must("GET", `${inRest(REPO)}/tags`);
    const told = Object.fromEntries(
      items.map((each: { name: string; immutableBy: string | null }) => [
        each.name,
        each.immutableBy,
      ]),
    );
    expect(told).toMatchObject({ latest: "releases", "dev-9": null });
  });

  test("when the rule goes, so does the protection", async () => {
    const [rule] = (await must("GET", `${PROJECT}/immutability-rules`)).items;
    await must("DELETE", `${PROJECT}/immutability-rules/${rule.id}`);
    await push(REPO, "latest");
    expect((await rest("DELETE", inRest(REPO))).status).toBe(204);
  });
});

test("of twenty manifests pushed to one new immutable tag at once, exactly one gets it", async () => {
  const repository = "team/race";
  await must("POST", `${PROJECT}/immutability-rules`, { name: "race", repositories: "race" });
  for (const tag of ["v1", "v2", "v3"]) {
    const images = await Promise.all(Array.from({ length: 20 }, () => fresh(repository)));
    const answers = await Promise.all(
      images.map((each) => putManifest(registry.admin, repository, tag, each)),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    const winner = images[answers.findIndex(({ status }) => status === 201)];
    expect(await at(repository, tag)).toBe(winner?.digest ?? "none");
  }
});

test("what a deleted image had comes back, and what took its place meanwhile stays", async () => {
  const repository = "team/back";
  const first = await push(repository, "v1");
  (await registry.admin.delete(manifests(repository, first.digest))).expect(202);
  const second = await push(repository, "v1");
  await must("POST", `${PROJECT}/immutability-rules`, { name: "back", repositories: "back" });
  const path = `${inRest(repository)}/deleted-artifacts/${first.digest}/restore`;
  expect((await rest("POST", path)).status).toBe(200);
  expect(await at(repository, "v1")).toBe(second.digest);
});

describe("rules", () => {
  test("preview: the tags there are that patterns would make immutable, in pages", async () => {
    for (const name of ["one", "two"]) {
      for (const tag of ["v1", "v2", "w1"]) await push(`team/seen/${name}`, tag);
    }
    const walk = async (query: string) => {
      const seen: string[] = [];
      for (let cursor = ""; ; ) {
        const page = await must("GET", `${PROJECT}/immutable-tags?${query}${cursor}`);
        for (const { repository, tag } of page.items) seen.push(`${repository}:${tag}`);
        if (page.next === null) return seen;
        cursor = `&cursor=${page.next}`;
      }
    };
    const all = ["team/seen/one:v1", "team/seen/one:v2", "team/seen/two:v1", "team/seen/two:v2"];
    const query = "repositories=seen/*&tags=v*";
    for (const limit of [1, 2, 3, 200]) expect(await walk(`${query}&limit=${limit}`)).toEqual(all);
    expect(await walk(`${query}&exceptTags=x,v2`)).toEqual(all.filter((each) => /1$/.test(each)));
    expect(await walk("repositories=seen/none")).toEqual([]);
  });

  test("names are unique in a project, and versions are kept", async () => {
    const made = await must("POST", `${PROJECT}/immutability-rules`, { name: "once", tags: "z*" });
    const twin = await rest("POST", `${PROJECT}/immutability-rules`, { name: "once" });
    expect([twin.status, twin.json.code]).toEqual([409, "immutability.name_taken"]);
    const path = `${PROJECT}/immutability-rules/${made.id}`;
    expect((await must("PATCH", path, { tags: "y*" })).version).toBe(2);
    const stale = await registry.admin.send("PATCH", path, {
      headers: { "content-type": "application/json", "if-match": '"v1"' },
      body: JSON.stringify({ tags: "x*" }),
    });
    expect(stale.status).toBe(412);
    expect((await must("GET", path)).tags).toBe("y*");
  });
});
