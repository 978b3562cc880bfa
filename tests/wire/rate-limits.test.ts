import { afterEach, expect, test } from "bun:test";
import type { Answer } from "../support/answer.ts";
import { type Image, piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const READER = { name: "reader", password: "a password to read with", administrator: false };
const LAYER = piece("a layer that is pulled often");
const TAG = "/v2/open/app/manifests/v1";

let registry: TestRegistry;
let pushed: Image;
afterEach(() => registry.close());

async function start(settings: Record<string, string | number>): Promise<void> {
  registry = await startRegistry({
    settings,
    accounts: [READER],
    projects: [{ name: "open", public: true }],
  });
  pushed = await pushImage(registry.admin, "open/app", "v1", [LAYER]);
}

/** `[limit, remaining]` of the headers. */
function shown(answer: Answer): string[] {
  return [answer.header("ratelimit-limit"), answer.header("ratelimit-remaining")];
}

test("two hundred pulls in six hours, and the 201st is refused, with fifty at once", async () => {
  await start({ "limits.pulls_per_principal": 200 });
  const reader = registry.as(READER);
  expect(shown((await reader.get(TAG)).expect(200))).toEqual(["200;w=21600", "199;w=21600"]);
  for (let turn = 0; turn < 149; turn++) (await reader.get(TAG)).expect(200);
  const rush = await Promise.all(Array.from({ length: 60 }, () => reader.get(TAG)));
  const statuses = rush.map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(50);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  const refused = (await reader.get(TAG)).refuses(429, "TOOMANYREQUESTS");
  expect(shown(refused)).toEqual(["200;w=21600", "0;w=21600"]);
  const wait = Number(refused.header("retry-after"));
  expect(wait).toBeGreaterThan(21_500);
  expect(wait).toBeLessThanOrEqual(21_600);
  expect(refused.error.message).toContain("200 pulls in 6h");
  const chinese = await reader.get(TAG, { "accept-language": "zh" });
  expect(chinese.error.message).toContain("6h 内 200 次拉取");
  // Whoever else pulls, at the same address, has their own.
  expect(shown((await registry.admin.get(TAG)).expect(200))).toEqual([
    "200;w=21600",
    "199;w=21600",
  ]);
});

test("what delivers no manifest costs nothing, and shows what is left", async () => {
  await start({ "limits.pulls_per_principal": 2, "limits.window": "1h" });
  const reader = registry.as(READER);
  const free = async () => {
    const head = (await reader.head(TAG)).expect(200);
    const known = await reader.get(TAG, { "if-none-match": `"${pushed.digest}"` });
    known.expect(304);
    (await reader.get("/v2/open/app/manifests/not-there")).expect(404);
    (await reader.get(`/v2/open/app/blobs/${LAYER.digest}`)).expect(200);
    (await reader.get("/v2/open/app/tags/list")).expect(200);
    return [shown(head), shown(known)];
  };
  const left = (count: number) => ["2;w=3600", `${count};w=3600`];
  expect(await free()).toEqual([left(2), left(2)]);
  expect(shown(await reader.get(TAG))).toEqual(left(1));
  expect(await free()).toEqual([left(1), left(1)]);
  expect(shown(await reader.get(TAG))).toEqual(left(0));
  (await reader.get(TAG)).refuses(429, "TOOMANYREQUESTS");
  expect(await free()).toEqual([left(0), left(0)]);
  // By digest it is the same pull.
  (await reader.get(`/v2/open/app/manifests/${pushed.digest}`)).refuses(429, "TOOMANYREQUESTS");
});

test("an address without a login has a limit of its own", async () => {
  await start({ "limits.pulls_per_anonymous": 1 });
  const first = (await registry.anonymous.get(TAG)).expect(200);
  expect(shown(first)).toEqual(["1;w=21600", "0;w=21600"]);
  const refused = (await registry.anonymous.get(TAG)).refuses(429, "TOOMANYREQUESTS");
  expect(refused.error.message).toContain("log in");
  const member = (await registry.as(READER).get(TAG)).expect(200);
  expect(member.headers.has("ratelimit-limit")).toBe(false);
});

test("a restart forgets nothing", async () => {
  await start({ "limits.pulls_per_principal": 3 });
  await registry.as(READER).get(TAG);
  await registry.as(READER).get(TAG);
  await registry.restart();
  expect(shown((await registry.as(READER).get(TAG)).expect(200))[1]).toBe("0;w=21600");
  (await registry.as(READER).get(TAG)).refuses(429, "TOOMANYREQUESTS");
});

test("without a limit nothing is said of one", async () => {
  await start({});
  const answer = (await registry.as(ADMIN).get(TAG)).expect(200);
  expect(answer.headers.has("ratelimit-limit")).toBe(false);
  expect(answer.headers.has("ratelimit-remaining")).toBe(false);
});
