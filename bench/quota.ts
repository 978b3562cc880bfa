/**
 * Pushes at once into one project on PostgreSQL, without a limit, with one that is far, and with one
 * that is near: `bun bench/quota.ts <postgres url of an empty database> [pushers] [blobs each]`.
 */
import { openContent } from "../src/features/content/service.ts";
import { openQuotas } from "../src/features/quota/service.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { parseRepositoryName } from "../src/oci/name.ts";
import { MemoryBlobs } from "../src/platform/blobs/memory.ts";
import { openPostgres } from "../src/platform/database/postgres/open.ts";
import "../src/procedures.ts";
import { bodyOf, digestOf, doer, pushBlob, settings } from "../tests/support/content-bench.ts";

const [url = "", pushers = "32", each = "40"] = process.argv.slice(2);
const db = await openPostgres({ url, connections: 40 });
const audit = {
  witness: (by: typeof doer) => ({ doer: by, at: systemClock.now(), headKey: "00".repeat(32) }),
};
const { content } = openContent({
  db,
  blobs: new MemoryBlobs(),
  clock: systemClock,
  settings,
  changed: () => {},
  revision: { changed: async () => {} },
  audit,
  admit: async () => {},
});
const quotas = openQuotas({ db, audit });

/** Milliseconds of every push, and how many a second. */
async function run(name: string, limit: number | null, round: number): Promise<void> {
  const repository = `${name}-${round}/app`;
  await pushBlob(content, repository, "first");
  const found = await content.locate(parseRepositoryName(repository));
  if (limit !== null) {
    await quotas.set(doer, { id: found?.projectId ?? "", name }, { bytes: limit });
  }
  const times: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: Number(pushers) }, async (_, who) => {
      for (let at = 0; at < Number(each); at++) {
        const start = performance.now();
        const bytes = new TextEncoder().encode(`${round} ${name} ${who} ${at}`.padEnd(100, "x"));
        // Each has a chain of the audit log: the pushes of one account wait for one another there.
        const pusher = { doer: { ...doer, id: `pusher-${who}` }, mayCreateProject: true };
        const place = parseRepositoryName(repository);
        await content.uploads.upload(place, pusher, digestOf(bytes), bodyOf(bytes));
        times.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)]?.toFixed(1);
  console.log(
    `${name.padEnd(8)} ${(times.length / seconds).toFixed(0)}/s  P50 ${at(0.5)} ms  P99 ${at(0.99)} ms`,
  );
}

const bytes = Number(pushers) * Number(each) * 100 + 5;
for (let round = 0; round < 3; round++) {
  await run("without", null, round);
  await run("far", bytes * 1_000, round);
  // Exactly as much as comes: towards the end every push has to deal out anew.
  await run("near", bytes, round);
}
await db.close();
