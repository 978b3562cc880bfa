import { Database as SqliteFile } from "bun:sqlite";
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import fc from "fast-check";
import { fsckCommand } from "../../src/commands/fsck.ts";
import type { FsckFinding, FsckKind } from "../../src/features/integrity/fsck/finding.ts";
import { runFsck } from "../../src/fsck.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import { lockFolder } from "../../src/platform/lockfile/lock.ts";
import { digestOf, pushBlob, pushManifest } from "../support/content-bench.ts";
import { testServer } from "../support/database.ts";
import { deleteRows, updateRows } from "../support/rows.ts";
import { filesIn, harm, type IntegrityBench, openIntegrityBench } from "./bench.ts";

setDefaultTimeout(120_000);

const REPOSITORY = parseRepositoryName("team/app");
const ORPHAN = "0123456789abcdefghjkmnpqrstvwxyz";

let world: IntegrityBench | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

interface Told {
  readonly code: number;
  readonly findings: readonly FsckFinding[];
  readonly out: string;
  readonly err: string;
}

/** Runs the verb, as a person at the terminal does. */
async function run(bench: IntegrityBench, ...more: string[]): Promise<Told> {
  let out = "";
  let err = "";
  const command = fsckCommand({
    env: {},
    language: "en",
    out(text) {
      out += text;
    },
    runFsck,
  });
  command.exitOverride();
  command.configureOutput({
    writeErr(text) {
      err += text;
    },
  });
  const program = new Command("entrepot").addCommand(command);
  const database = bench.url === "" ? [] : ["--set", `database=${bench.url}`];
  const args = ["fsck", "--json", "--data", bench.folder, ...database, ...more];
  let code = 0;
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode;
  }
  const lines = out.split("\n").filter((each) => each !== "");
  const findings = lines.map((each) => JSON.parse(each)).filter((each) => "kind" in each);
  return { code, findings, out, err };
}

const sorted = (findings: readonly FsckFinding[]) =>
  findings.map(({ kind, what }) => `${kind} ${what}`).sort();

/** What is stored and visible, to be held against later. */
async function visible({ db, content }: IntegrityBench, but: ReadonlySet<string>) {
  const rows = await db.read
    .selectFrom("repository_blobs as l")
    .innerJoin("blobs as b", "b.digest", "l.digest")
    .select(["l.digest", "b.state", "b.reclaim_after"])
    .orderBy("l.digest")
    .execute();
  const kept = rows.filter(({ digest }) => !but.has(digest));
  for (const { digest } of kept) {
    const found = await content.blobs.get(REPOSITORY, parseDigest(digest));
    const bytes = new Uint8Array(await new Response(await found.open()).arrayBuffer());
    expect(digestOf(bytes)).toBe(parseDigest(digest));
  }
  const tags = await db.read.selectFrom("tags").select(["name", "manifest"]).execute();
  return { kept, tags: tags.filter(({ manifest }) => !but.has(manifest)) };
}

/** Writes a row that the engine would refuse for pointing at nothing. */
function writeUnchecked(
  { folder }: IntegrityBench,
  table: string,
  row: Readonly<Record<string, string | number>>,
): void {
  const raw = new SqliteFile(join(folder, "entrepot.sqlite"));
  raw.run("pragma foreign_keys = off");
  raw.run("pragma busy_timeout = 5000");
  const values = Object.values(row);
  const marks = values.map(() => "?").join(", ");
  raw.run(`insert into ${table} (${Object.keys(row).join(", ")}) values (${marks})`, values);
  raw.close();
}

type Harm =
  | "none"
  | "flip"
  | "remove"
  | "cut"
  | "orphan"
  | "stray"
  | "unlinked"
  | "tag"
  | "edge"
  | "link"
  | "manifest";

/** Does one harm to something of its own; gives what must be found of it, and what it touched. */
async function doHarm(
  bench: IntegrityBench,
  at: number,
  what: Harm,
): Promise<{ readonly found: [FsckKind, string] | undefined; readonly touched: string }> {
  const { content, db, root } = bench;
  const layer = await pushBlob(content, REPOSITORY, `layer ${at} of this world`);
  const shape = { layers: [layer], config: layer, note: `image ${at}` };
  const image = await pushManifest(content, REPOSITORY, shape, `v${at}`);
  const { location } = await db.read
    .selectFrom("blobs")
    .select("location")
    .where("digest", "=", layer.digest)
    .executeTakeFirstOrThrow();
  const hex = layer.digest.slice("sha256:".length);
  const folder = `blobs/sha256/${hex.slice(0, 2)}`;
  switch (what) {
    case "flip":
    case "remove":
    case "cut": {
      await harm(join(root, location), what);
      const kind = { flip: "corrupt_file", remove: "missing_file", cut: "wrong_size" } as const;
      return { found: [kind[what], layer.digest], touched: layer.digest };
    }
    case "orphan": {
      const path = `${folder}/${hex}.${ORPHAN}`;
      await writeFile(join(root, path), "left behind");
      return { found: ["orphan_file", path], touched: path };
    }
    case "stray": {
      const path = `${folder}/notes-${at}.txt`;
      await writeFile(join(root, path), "somebody's");
      return { found: ["stray_file", path], touched: path };
    }
    case "unlinked": {
      const alone = await pushBlob(content, REPOSITORY, `alone ${at}`);
      await db.write(deleteRows, { table: "repository_blobs", where: { digest: alone.digest } });
      return { found: ["unlinked_blob", alone.digest], touched: alone.digest };
    }
    case "tag": {
      const where = { digest: image.digest };
      await db.write(updateRows, { table: "manifests", where, set: { deleted_at: 5 } });
      return { found: ["dangling_tag", `v${at}`], touched: image.digest };
    }
    case "edge": {
      const { repository_id } = await db.read
        .selectFrom("manifests")
        .select("repository_id")
        .executeTakeFirstOrThrow();
      const manifest = digestOf(new TextEncoder().encode(`none ${at}`));
      writeUnchecked(bench, "manifest_blobs", { repository_id, manifest, digest: layer.digest });
      return { found: ["dangling_edge", manifest], touched: manifest };
    }
    case "link": {
      const { repository_id } = await db.read
        .selectFrom("repository_blobs")
        .select("repository_id")
        .executeTakeFirstOrThrow();
      const digest = digestOf(new TextEncoder().encode(`no blob ${at}`));
      writeUnchecked(bench, "repository_blobs", { repository_id, digest, linked_at: 5 });
      return { found: ["dangling_link", digest], touched: digest };
    }
    case "manifest": {
      const payload = new TextEncoder().encode("{}");
      const where = { digest: image.digest };
      await db.write(updateRows, { table: "manifests", where, set: { payload } });
      return { found: ["corrupt_manifest", image.digest], touched: image.digest };
    }
    default:
      return { found: undefined, touched: "" };
  }
}

const harms = fc.constantFrom<Harm>(
  ...(["none", "none", "flip", "remove", "cut", "orphan", "stray"] as const),
  ...(["unlinked", "tag", "manifest"] as const),
  // A server keeps these from being; a file that was copied together from two backups may have them.
  ...(testServer === undefined ? (["edge", "link"] as const) : []),
);

test("every kind of damage is found; a repair leaves a clean world and touches nothing intact", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(harms, { minLength: 1, maxLength: 9 }), async (plan) => {
      const bench = await openIntegrityBench();
      try {
        const expected: string[] = [];
        const touched = new Set<string>();
        for (const [at, what] of plan.entries()) {
          const done = await doHarm(bench, at, what);
          touched.add(done.touched);
          if (done.found !== undefined) expected.push(done.found.join(" "));
        }
        expected.sort();
        const files = (await filesIn(bench.root)).sort();
        const before = await visible(bench, touched);
        // Files of this minute may belong to a push: looking alone leaves them out.
        const looked = await run(bench, "--hash");
        expect(sorted(looked.findings)).toEqual(
          expected.filter((each) => !each.startsWith("orphan_file")),
        );
        expect((await filesIn(bench.root)).sort()).toEqual(files);
        const repaired = await run(bench, "--hash", "--repair");
        expect([repaired.err, sorted(repaired.findings)]).toEqual(["", expected]);
        const strays = expected.filter((each) => each.startsWith("stray_file"));
        expect(repaired.code).toBe(strays.length > 0 ? 1 : expected.length > 0 ? 7 : 0);
        const again = await run(bench, "--hash");
        expect([again.code, sorted(again.findings)]).toEqual([strays.length > 0 ? 1 : 0, strays]);
        expect(await visible(bench, touched)).toEqual(before);
        const orphans = expected.filter((each) => each.startsWith("orphan_file"));
        const lost = await readdir(join(bench.root, "lost+found")).catch(() => []);
        expect(lost.length).toBe(orphans.length);
      } finally {
        await bench.close();
      }
    }),
    { numRuns: testServer === undefined ? 15 : 4 },
  );
});

describe("fsck", () => {
  test("repairs nothing while a server has the folders, and says who", async () => {
    world = await openIntegrityBench();
    await pushBlob(world.content, REPOSITORY, "some bytes");
    const lock = lockFolder(world.folder);
    const refused = await run(world, "--repair");
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain("is in use by another process");
    // Looking goes on beside it.
    expect(await run(world)).toMatchObject({ code: 0, findings: [] });
    lock.release();
  });

  test("leaves alone what an upload under way has staged", async () => {
    world = await openIntegrityBench();
    const { blobs, root } = world;
    const bytes = new TextEncoder().encode("published, not yet committed");
    const writer = await blobs.stage(ORPHAN);
    await writer.write(bytes.slice());
    await writer.close();
    const { location } = await blobs.publish(ORPHAN, digestOf(bytes));
    expect(await run(world, "--repair")).toMatchObject({ code: 0, findings: [] });
    expect(await filesIn(root)).toEqual([location]);
  });

  test("cannot tell where there is nothing to look at", async () => {
    world = await openIntegrityBench();
    const nowhere = join(world.folder, "nowhere");
    await mkdir(nowhere);
    const told = await run({ ...world, folder: nowhere, url: "" });
    expect(told).toMatchObject({ code: 2, out: "" });
  });
});
