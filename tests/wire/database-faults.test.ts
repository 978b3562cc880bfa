import { afterEach, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { until } from "../../scripts/lib/run.ts";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh, testServer } from "../support/database.ts";
import { image, piece, pushImage, putManifest } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { checkAlways } from "../support/table.ts";

const LAYER = piece("a layer");
const SESSION = `/v2/team/app/blobs/uploads/${"a".repeat(32)}`;

let registry: TestRegistry | undefined;
afterEach(async () => {
  const running = registry;
  registry = undefined;
  await running?.close();
});

/** Everything that asks the database, reads and writes alike. */
async function expectAllUnavailable(running: TestRegistry): Promise<void> {
  const asks: [method: string, target: string, body?: string][] = [
    // A ping is not among them: who somebody is may be remembered for a few seconds.
    ["GET", "/v2/_catalog"],
    ["GET", "/v2/team/app/tags/list"],
    ["GET", "/v2/team/app/manifests/v1"],
    ["HEAD", "/v2/team/app/manifests/v1"],
    ["DELETE", "/v2/team/app/manifests/v1"],
    ["GET", `/v2/team/app/blobs/${LAYER.digest}`],
    ["HEAD", `/v2/team/app/blobs/${LAYER.digest}`],
    ["DELETE", `/v2/team/app/blobs/${LAYER.digest}`],
    ["GET", `/v2/team/app/referrers/${LAYER.digest}`],
    ["POST", "/v2/team/app/blobs/uploads/"],
    ["POST", `/v2/team/app/blobs/uploads/?mount=${LAYER.digest}&from=team/app`],
    ["POST", `/v2/team/app/blobs/uploads/?digest=${LAYER.digest}`, "a layer"],
    ["GET", SESSION],
    ["PATCH", SESSION, "x"],
    ["PUT", `${SESSION}?digest=${LAYER.digest}`, "x"],
    ["DELETE", SESSION],
  ];
  for (const [method, target, body] of asks) {
    const answer = await running.admin.send(method, target, { body });
    expect(`${method} ${target} ${answer.status}`).toBe(`${method} ${target} 503`);
    checkAlways(answer);
    expect(Number(answer.header("retry-after"))).toBeGreaterThan(0);
    if (method !== "HEAD") expect(answer.error.code).toBe("UNAVAILABLE");
  }
  const pushed = await putManifest(running.admin, "team/app", "v2", image([LAYER]));
  pushed.refuses(503, "UNAVAILABLE");
  expect((await running.admin.get("/readyz")).status).toBe(503);
  (await running.admin.get("/healthz")).expect(200);
}

test("a closed database is 503, never 404 and never an empty list", async () => {
  let database: Database | undefined;
  registry = await startRegistry({
    parts: async (fresh) => {
      database = await openFresh(fresh);
      return { database };
    },
  });
  await pushImage(registry.admin, "team/app", "v1", [LAYER]);
  await database?.close();
  await expectAllUnavailable(registry);
});

// What only a server of its own can suffer; on SQLite there is none.
if (testServer !== undefined) {
  const server = testServer;
  const asAdmin = async (statement: string) => {
    const admin = new SQL({ url: server, max: 1 });
    await admin.unsafe(statement);
    await admin.close();
  };

  describe("PostgreSQL", () => {
    test("cuts every connection: the next requests are 200 or 503, and then all is well", async () => {
      registry = await startRegistry();
      const { admin, database } = registry;
      await pushImage(admin, "team/app", "v1", [LAYER]);
      const name = new URL(database.url).pathname.slice(1);
      for (let round = 0; round < 3; round++) {
        await asAdmin(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
        );
        const targets = Array.from({ length: 40 }, () => admin.get("/v2/team/app/manifests/v1"));
        for (const answer of await Promise.all(targets)) {
          if (answer.status !== 200) answer.refuses(503, "UNAVAILABLE");
        }
        await until("it serves again", async () => {
          const { status } = await admin.get("/v2/team/app/manifests/v1");
          return status === 200 ? true : undefined;
        });
        (await admin.post("/v2/team/app/blobs/uploads/")).expect(202);
      }
    });

    test("has lost the database: 503 for everything", async () => {
      registry = await startRegistry();
      await pushImage(registry.admin, "team/app", "v1", [LAYER]);
      const name = new URL(registry.database.url).pathname.slice(1);
      await asAdmin(`drop database ${name} with (force)`);
      await expectAllUnavailable(registry);
    });
  });
}
