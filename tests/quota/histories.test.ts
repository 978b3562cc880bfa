import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openTrash } from "../../src/features/trash/service.ts";
import { Failure } from "../../src/kernel/errors/catalogue.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import { openReclaimBench, type ReclaimBench, times } from "../reclaim/bench.ts";
import { Player } from "../reclaim/player.ts";
import { steps } from "../reclaim/steps.ts";
import { doer, pushBlob, pusher, pushManifest } from "../support/content-bench.ts";
import { expectBalanced } from "./books.ts";

let bench: ReclaimBench;
beforeAll(async () => {
  bench = await openReclaimBench();
});
afterAll(() => bench.close());

const RUNS = Number(process.env.ENTREPOT_TEST_HISTORIES ?? 12);

test("whatever is pushed, mounted, deleted and reclaimed: the counters say what is stored", async () => {
  let history = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const player = new Player(bench, `q${history++}`);
      for (const each of all) {
        await player.play(each);
        await expectBalanced(bench.db);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 600_000);

type Act =
  | { readonly is: "blob" | "image" | "delete" | "back" | "mount" | "unlink"; readonly at: number }
  | { readonly is: "remove" | "restore" | "empty"; readonly at: number }
  | { readonly is: "later"; readonly by: number }
  | { readonly is: "sweep" };

const at = fc.integer({ min: 0, max: 17 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    is: fc.constantFrom("blob", "image", "image", "delete", "back", "mount", "unlink" as const),
    at,
  }) as fc.Arbitrary<Act>,
  fc.record({
    is: fc.constantFrom("remove", "restore", "empty" as const),
    at,
  }) as fc.Arbitrary<Act>,
  fc.record({ is: fc.constant("later" as const), by: fc.constantFrom(300, 1_100, 2_100) }),
  fc.constant({ is: "sweep" } as const),
);

/** What is refused because of what came before is no matter here. */
async function maybe(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Failure) || error.status >= 500) throw error;
  }
}

test("and through the trash, of images and of whole repositories, in two projects", async () => {
  const { db, clock, content } = bench;
  const audit = {
    witness: (by: typeof doer) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }),
  };
  const settings = { trashKeep: times.keep, untaggedAfter: times.untaggedAfter };
  const trash = openTrash({ db, audit, content, settings, changed: () => {} });
  let history = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 50 }), async (acts) => {
      history += 1;
      const project = (n: number) => `t${history}-${n % 2}`;
      const name = (n: number) => parseRepositoryName(`${project(n)}/app-${n % 3}`);
      const images: string[] = [];
      for (const each of acts) {
        if (each.is === "later") {
          clock.advance(each.by);
          continue;
        }
        if (each.is === "sweep") {
          for (const stage of bench.stages) await stage.sweep();
          await expectBalanced(db);
          continue;
        }
        const repository = name(each.at);
        const layer = `layer ${each.at % 4} of ${history}`;
        if (each.is === "blob") await pushBlob(content, repository, layer);
        if (each.is === "image") {
          const layers = [await pushBlob(content, repository, layer)];
          const config = await pushBlob(content, repository, "{}");
          const shape = { layers, config, note: String(each.at % 5) };
          const { digest } = await pushManifest(content, repository, shape, `v${each.at % 3}`);
          images.push(digest);
        }
        const digest = images[each.at % Math.max(1, images.length)];
        if (digest !== undefined) {
          const reference = { kind: "digest", digest: parseDigest(digest) } as const;
          if (each.is === "delete") {
            await maybe(content.manifests.delete(repository, reference, doer));
          }
          if (each.is === "back") {
            await maybe(trash.restoreArtifact(doer, repository, reference.digest));
          }
        }
        const from = name(each.at + 1);
        const { digest: blob } = await pushBlob(content, from, layer);
        if (each.is === "mount") {
          const mayPull = async () => true;
          await content.blobs.mount({ repository, digest: blob, from, pusher, mayPull });
        }
        if (each.is === "unlink") {
          const force = each.at % 2 === 0;
          await maybe(content.blobs.unlink({ repository, digest: blob, force, doer }));
        }
        if (each.is === "remove") await maybe(trash.deleteRepository(doer, repository));
        if (each.is === "restore" || each.is === "empty") {
          const gone = await db.read
            .selectFrom("repositories")
            .select(["id", "project_id"])
            .where("name", "=", repository)
            .where("deleted_at", "is not", null)
            .executeTakeFirst();
          if (gone !== undefined) {
            const which = { id: gone.id, projectId: gone.project_id };
            const isBack = each.is === "restore";
            await maybe(
              isBack ? trash.restoreRepository(doer, which) : trash.emptyRepository(doer, which),
            );
          }
        }
        await expectBalanced(db);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(history).toBeGreaterThanOrEqual(RUNS);
}, 600_000);
