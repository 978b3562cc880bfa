/**
 * `bun bench/upkeep.ts [blobs] [what]`: how long `fsck` and backups take for so many blobs, and how
 * much memory. `what` is `fsck`, `backup`, or left out for both. SQLite, and files of a few bytes.
 */
import { Database as Connection } from "bun:sqlite";
import { createHash } from "node:crypto";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../src/kernel/ids.ts";
import { OCI_MANIFEST } from "../src/oci/media-types.ts";
import { openFresh } from "../tests/support/database.ts";

const [blobs, what, filled] = [Number(process.argv[2] ?? 100_000), ...process.argv.slice(3)];
/** To fsck, which reads no content, files can be links of a few: a file system bounds their number. */
const LINKS = 20_000;
const PER_MANIFEST = 10;
const PER_REPOSITORY = 1_000;
const NOW = 1_790_000_000_000;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Rows and files as pushes would have left them. */
function fill(folder: string, db: Connection): void {
  const storage = join(folder, "storage", "blobs", "sha256");
  for (let at = 0; at < 256; at++) {
    mkdirSync(join(storage, at.toString(16).padStart(2, "0")), { recursive: true });
  }
  const put = (table: string, columns: string) =>
    db.prepare(`insert into ${table} (${columns}) values (${columns.replaceAll(/\w+/g, "?")})`);
  const project = put("projects", "id, name, created_at");
  const repository = put("repositories", "id, project_id, name, created_at");
  const blob = put("blobs", "digest, size, location, state, created_at, last_touched");
  const link = put("repository_blobs", "repository_id, digest, linked_at");
  const manifest = put(
    "manifests",
    "repository_id, digest, media_type, size, payload, pushed_at, pushed_by",
  );
  const edge = put("manifest_blobs", "repository_id, manifest, digest");
  const tag = put("tags", "repository_id, name, manifest, updated_at, updated_by");
  const isLinked = what === "fsck";
  let source = "";
  // Whatever ends early is thrown away.
  for (const setting of ["synchronous = off", "cache_size = -1000000"]) db.run(`pragma ${setting}`);
  db.run("begin");
  project.run("p", "team", NOW);
  for (let at = 0; at < blobs; at++) {
    const repo = `r${Math.floor(at / PER_REPOSITORY)}`;
    if (at % PER_REPOSITORY === 0) repository.run(repo, "p", `team/${repo}`, NOW);
    const content = `${at}`;
    const hex = sha256(content);
    const path = `${hex.slice(0, 2)}/${hex}.${newId(NOW)}`;
    if (isLinked && at % LINKS !== 0) linkSync(source, join(storage, path));
    else {
      source = join(storage, path);
      writeFileSync(source, isLinked ? "content" : content);
    }
    const size = isLinked ? "content".length : content.length;
    blob.run(`sha256:${hex}`, size, `blobs/sha256/${path}`, "live", NOW, NOW);
    link.run(repo, `sha256:${hex}`, NOW);
    const name = `sha256:${sha256(`m${Math.floor(at / PER_MANIFEST)}`)}`;
    if (at % PER_MANIFEST === 0) {
      const payload = new TextEncoder().encode("x".repeat(1_000));
      manifest.run(repo, name, OCI_MANIFEST, payload.length, payload, NOW, "bench");
      tag.run(repo, `v${at}`, name, NOW, "bench");
    }
    edge.run(repo, name, `sha256:${hex}`);
  }
  db.run("commit");
}

/** Runs a program and tells how long it took and how much memory it had at most. */
async function measured(name: string, argv: readonly string[]): Promise<void> {
  const began = performance.now();
  const child = Bun.spawn([process.execPath, ...argv], {
    cwd: join(import.meta.dir, ".."),
    stdout: "pipe",
    stderr: "inherit",
  });
  const out = await new Response(child.stdout).text();
  const code = await child.exited;
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const memory = Math.round((child.resourceUsage()?.maxRSS ?? 0) / 2 ** 20);
  const last = out.trim().split("\n").at(-1) ?? "";
  console.log(`${name}: ${seconds} s, ${memory} MiB, exit code ${code}: ${last.slice(0, 200)}`);
}

/** Another process fills: what a process starts with counts as its own memory, so this one stays small. */
async function make(folder: string): Promise<void> {
  const fresh = { url: "", folder, drop: async () => {} };
  await (await openFresh(fresh)).close();
  const db = new Connection(join(folder, "entrepot.sqlite"));
  fill(folder, db);
  db.close();
}

async function measure(folder: string): Promise<void> {
  const began = [import.meta.path, String(blobs), what ?? "both", folder];
  await measured(`${blobs} blobs made`, began);
  if (what !== "backup") await measured("fsck", ["src/main.ts", "fsck", "--data", folder]);
  if (what === "fsck") return;
  const to = join(folder, "backups");
  for (const name of ["first backup", "second backup", "third backup"]) {
    await measured(name, ["tests/backup/make-process.ts", "", folder, to]);
  }
}

if (filled !== undefined) await make(filled);
else {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-upkeep-"));
  try {
    await measure(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
