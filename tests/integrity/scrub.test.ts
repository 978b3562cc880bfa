import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { Failure, failure } from "../../src/kernel/errors/catalogue.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import type { BlobStore } from "../../src/platform/blobs/port.ts";
import type { FindingKind } from "../../src/platform/database/schema/integrity.ts";
import { digestOf, doer, pushBlob, pushManifest } from "../support/content-bench.ts";
import { testServer } from "../support/database.ts";
import {
  type Damage,
  FOUND_AS,
  filesIn,
  harm,
  type IntegrityBench,
  openIntegrityBench,
} from "./bench.ts";

setDefaultTimeout(60_000);

let bench: IntegrityBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

async function fresh(wrap?: (blobs: BlobStore) => BlobStore): Promise<IntegrityBench> {
  bench = await openIntegrityBench(wrap);
  return bench;
}

const REPOSITORY = parseRepositoryName("team/app");

async function openFindings({ integrity }: IntegrityBench) {
  const { items } = await integrity.findings({ limit: 200, after: undefined, open: true });
  return Object.fromEntries(items.map(({ digest, kind }) => [digest, kind]));
}

async function locations({ db }: IntegrityBench): Promise<Map<string, string>> {
  const rows = await db.read.selectFrom("blobs").select(["digest", "location"]).execute();
  return new Map(rows.map(({ digest, location }) => [digest, location]));
}

/** `whole`, or the code of the refusal. */
async function readBack({ content }: IntegrityBench, digest: string): Promise<string> {
  try {
    const found = await content.blobs.get(REPOSITORY, parseDigest(digest));
    const body = await found.open();
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    return digestOf(bytes) === digest ? "whole" : "other bytes";
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

const damages = fc.constantFrom<Damage | "none">(
  "none",
  "none",
  "flip",
  "remove",
  "cut",
  "lengthen",
);

test("whatever is damaged is found, refused, and healed by a push; nothing else is touched", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ size: fc.integer({ min: 1, max: 90_000 }), damage: damages }), {
        minLength: 1,
        maxLength: 8,
      }),
      async (plan) => {
        const world = await openIntegrityBench();
        try {
          const texts = plan.map(({ size }, at) => `${at} `.repeat(size).slice(0, size));
          const pushed = new Map<string, { text: string; damage: Damage | "none" }>();
          for (const [at, { damage }] of plan.entries()) {
            const text = texts[at] ?? "";
            const { digest } = await pushBlob(world.content, REPOSITORY, text);
            // Into the memory of small blobs, from where it must not be served either.
            expect(await readBack(world, digest)).toBe("whole");
            pushed.set(digest, { text, damage });
          }
          const at = await locations(world);
          const expected: Record<string, FindingKind> = {};
          for (const [digest, { damage }] of pushed) {
            if (damage === "none") continue;
            await harm(join(world.root, at.get(digest) ?? ""), damage);
            expected[digest] = FOUND_AS[damage];
          }
          await world.scrub();
          expect(await openFindings(world)).toEqual(expected);
          for (const [digest, { damage }] of pushed) {
            const wanted = damage === "none" ? "whole" : "service.content_damaged";
            expect([damage, await readBack(world, digest)]).toEqual([damage, wanted]);
          }
          const again = await world.integrity.scrub(await world.scrub());
          expect([again.damaged, again.blobs]).toEqual([0, pushed.size]);
          for (const { text, damage } of pushed.values()) {
            if (damage !== "none") await pushBlob(world.content, REPOSITORY, text);
          }
          await world.hear();
          expect(await openFindings(world)).toEqual({});
          for (const digest of pushed.keys()) expect(await readBack(world, digest)).toBe("whole");
          const displaced = await world.displaced();
          const files = await filesIn(world.root);
          const kept = files.filter((file) => !displaced.has(file)).sort();
          expect(kept).toEqual([...(await locations(world)).values()].sort());
        } finally {
          await world.close();
        }
      },
    ),
    // Each world has a database of its own, which takes a server its time.
    { numRuns: testServer === undefined ? 20 : 5 },
  );
});

describe("what a scrub does not know", () => {
  test("bytes that cannot be read are not damaged, and are served again at once", async () => {
    const failing = { on: true };
    const world = await fresh(
      (blobs) =>
        new Proxy(blobs, {
          get(target, name) {
            if (name === "read" && failing.on) {
              return async function* () {
                yield new Uint8Array(1);
                throw failure("service.storage_unavailable", {}, new Error("EIO"));
              };
            }
            const member = Reflect.get(target, name);
            return typeof member === "function" ? member.bind(target) : member;
          },
        }),
    );
    const { digest } = await pushBlob(world.content, REPOSITORY, "some bytes");
    const scrub = await world.integrity.scrub(await world.scrub());
    expect([scrub.damaged, scrub.unreadable]).toEqual([0, 1]);
    expect(await openFindings(world)).toEqual({ [digest]: "unreadable" });
    expect(await readBack(world, digest)).toBe("whole");
    failing.on = false;
    await world.scrub();
    expect(await openFindings(world)).toEqual({});
  });

  test("a copy that came back is served again", async () => {
    const world = await fresh();
    const { digest } = await pushBlob(world.content, REPOSITORY, "some bytes");
    const file = join(world.root, (await locations(world)).get(digest) ?? "");
    await harm(file, "flip");
    await world.scrub();
    expect(await readBack(world, digest)).toBe("service.content_damaged");
    await harm(file, "flip");
    await world.scrub({ digest });
    expect(await openFindings(world)).toEqual({});
    expect(await readBack(world, digest)).toBe("whole");
  });
});

describe("manifests", () => {
  test("one whose row was changed is refused, and healed by a push", async () => {
    const world = await fresh();
    const config = await pushBlob(world.content, REPOSITORY, "{}");
    const shape = { config, note: "the manifest" };
    const { digest } = await pushManifest(world.content, REPOSITORY, shape, "v1");
    const row = await world.db.read.selectFrom("manifests").selectAll().executeTakeFirstOrThrow();
    const payload = row.payload.slice();
    payload[7] = (payload[7] ?? 0) ^ 1;
    await world.rewritePayload(digest, payload);
    await world.scrub({ repository: REPOSITORY });
    expect(await openFindings(world)).toEqual({ [digest]: "corrupt" });
    const reference = { kind: "digest", digest } as const;
    const get = () => world.content.manifests.get(REPOSITORY, reference);
    expect(await get().catch((error) => error)).toMatchObject({ code: "service.content_damaged" });
    await pushManifest(world.content, REPOSITORY, shape, "v1");
    await world.hear();
    expect(await openFindings(world)).toEqual({});
    expect(digestOf((await get()).payload)).toBe(digest);
  });
});

describe("a scrub under way", () => {
  test("goes on where it was after its node died, and reads nothing twice but the last bit", async () => {
    const world = await fresh();
    for (let at = 0; at < 30; at++) await pushBlob(world.content, REPOSITORY, `blob ${at}`);
    const { id } = await world.integrity.begin(doer, {});
    await world.diesAfter(id, 10);
    const half = await world.integrity.scrub(id);
    expect(half.blobs).toBeGreaterThan(0);
    expect(half.blobs).toBeLessThan(30);
    await world.work(id);
    const whole = await world.integrity.scrub(id);
    expect([whole.state, whole.blobs, whole.bytes]).toEqual(["done", 30, whole.totalBytes]);
  });

  test("is paused, resumed and cancelled; two of everything are refused", async () => {
    const world = await fresh();
    for (let at = 0; at < 30; at++) await pushBlob(world.content, REPOSITORY, `blob ${at}`);
    const { id } = await world.integrity.begin(doer, {});
    const second = await world.integrity.begin(doer, {}).catch((error) => error);
    expect(second).toMatchObject({ code: "integrity.scrub_active" });
    await world.diesAfter(id, 10);
    expect(await world.integrity.change(doer, id, "pause")).toMatchObject({ state: "paused" });
    await world.work(id);
    const { blobs } = await world.integrity.scrub(id);
    expect(blobs).toBeLessThan(30);
    const wrong = await world.integrity.change(doer, id, "pause").catch((error) => error);
    expect(wrong).toMatchObject({ code: "integrity.scrub_state" });
    await world.integrity.change(doer, id, "resume");
    await world.work(id);
    expect(await world.integrity.scrub(id)).toMatchObject({ state: "done", blobs: 30 });
    const late = await world.integrity.change(doer, id, "cancel").catch((error) => error);
    expect(late).toMatchObject({ code: "integrity.scrub_state" });
  });
});
