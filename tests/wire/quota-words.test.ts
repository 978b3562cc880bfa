import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { until } from "../../scripts/lib/run.ts";
import { EMPTY_CONFIG, image, piece, pushBlob, pushImage, putManifest } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const PUSHER = { name: "pusher", password: "somebody who pushes to one", administrator: false };

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({
    accounts: [PUSHER],
    projects: [{ name: "team" }, { name: "short" }],
    bindings: [{ to: PUSHER.name, role: "developer", on: "team", repositories: "app" }],
  });
});
afterAll(() => registry.close());

const json = { "content-type": "application/json" };

async function limit(project: string, limits: object): Promise<void> {
  const path = `/api/v1/projects/${project}/quota`;
  (
    await registry.admin.send("PATCH", path, { headers: json, body: JSON.stringify(limits) })
  ).expect(200);
}

async function used(project: string): Promise<number> {
  return JSON.parse((await registry.admin.get(`/api/v1/projects/${project}/quota`)).text).usage
    .bytes;
}

/** Has the limits looked at, as happens every minute. */
async function watched(): Promise<void> {
  const asked = await registry.admin.post("/api/v1/job-schedules/quota.watch/run");
  const { id } = JSON.parse(asked.text);
  await until("the end of the watch", async () => {
    const { state } = JSON.parse((await registry.admin.get(`/api/v1/jobs/${id}`)).text);
    return state === "done" || undefined;
  });
}

const LAYER = piece("a layer of some twenty bytes");

describe("a refusal for want of room (A64)", () => {
  beforeAll(async () => {
    await pushImage(registry.admin, "team/app", "v1", [piece("1234567890")]);
    await pushImage(registry.admin, "team/secret", "v1", [piece("x".repeat(3_000))]);
    await pushBlob(registry.admin, "team/app", piece("named by nothing"));
    await limit("team", { bytes: (await used("team")) + 5 });
    await watched();
  });

  const refused = async (client = registry.admin, language = "en") => {
    const target = `/v2/team/app/blobs/uploads/?digest=${LAYER.digest}`;
    const headers = { "accept-language": language };
    const answer = await client.post(target, { body: LAYER.bytes, headers });
    return answer.refuses(403, "DENIED").error;
  };

  test("says what takes the space and what would give it back", async () => {
    const { message, detail } = await refused();
    expect(message).toMatch(
      /bytes and uses \d+: .*: most is in team\/secret \(\d+ bytes\), team\/app \(\d+ bytes\); uploads that no image names hold 16 bytes\. Delete/,
    );
    expect(detail).toMatchObject({
      reason: "quota.exceeded",
      largest: ["team/secret", "team/app"],
      unnamed: 16,
      untagged: 0,
      trash: 0,
    });
    expect(detail.countedAt).toBeNumber();
  });

  test("says it in Chinese to whoever reads that", async () => {
    const { message } = await refused(registry.admin, "zh-CN");
    expect(message).toContain("占用最多的是 team/secret（");
    expect(message).toContain("未被镜像引用的上传占用 16 字节");
  });

  test("names no repository to whoever may not see it", async () => {
    const { message, detail } = await refused(registry.as(PUSHER));
    expect(detail.largest).toEqual(["team/app"]);
    expect(JSON.stringify({ message, detail })).not.toContain("secret");
  });
});

describe("a push to a project that is near its limit", () => {
  beforeEach(async () => {
    await pushBlob(registry.admin, "short/app", EMPTY_CONFIG);
  });

  const push = async (name: string, tag: string) =>
    (await putManifest(registry.admin, name, tag, image([]))).expect(201).header("warning");

  test("passes, and says so in a warning", async () => {
    await limit("short", { bytes: null, bytesWarn: null });
    expect(await push("short/app", "v1")).toBe("");
    const bytes = await used("short");
    await limit("short", { bytes: bytes + 1, bytesWarn: bytes + 1 });
    expect(await push("short/app", "v2")).toBe("");
    await limit("short", { bytesWarn: bytes });
    expect(await push("short/app", "v3")).toBe(
      `299 - "the project short uses ${bytes} bytes of the ${bytes + 1} that it may: entrepot quota show short tells what takes the space"`,
    );
    await limit("short", { bytes: null });
    expect(await push("short/app", "v4")).toContain(`uses ${bytes} bytes, and is warned from`);
  });

  test("says it beside what else there is to say", async () => {
    await pushBlob(registry.admin, "library/tool", EMPTY_CONFIG);
    await limit("library", { bytesWarn: 1 });
    const warning = await push("tool", "v1");
    expect(warning).toMatch(/^299 - "tool is short for [^"]+", 299 - "the project library [^"]+"$/);
  });

  test("is seen in the metrics", async () => {
    await limit("short", { bytesWarn: 1 });
    await watched();
    const metrics = (await registry.admin.get("/metrics")).expect(200).text;
    // Of the three that have limits, all have come to them.
    expect(metrics).toMatch(/^entrepot_quota_projects\{level="warned"\} 2$/m);
    expect(metrics).toMatch(/^entrepot_quota_projects\{level="free"\} 1$/m);
  });
});
