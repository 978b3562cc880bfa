/**
 * `bun run console`: builds the console into `dist/console.bundle`, every file beside its
 * compressed forms. `up` and `build` run it first.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { BundleFile } from "../src/platform/assets/bundle.ts";

const ROOT = join(import.meta.dir, "..");
const OUT = join(ROOT, "dist/console.bundle");
const SOURCE = join(ROOT, "console/src");
const SOURCES = ["console", "src/client/api", "package.json", "bun.lock", "scripts/console.ts"];

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
};

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

async function newest(paths: readonly string[]): Promise<number> {
  let latest = 0;
  for (const path of paths) {
    const found = await stat(join(ROOT, path));
    const inside = found.isDirectory() ? await filesIn(join(ROOT, path)) : [join(ROOT, path)];
    for (const each of inside) latest = Math.max(latest, (await stat(each)).mtimeMs);
  }
  return latest;
}

/** Whether what was built last is as new as its sources. */
async function isFresh(): Promise<boolean> {
  try {
    return (await stat(OUT)).mtimeMs >= (await newest(SOURCES));
  } catch {
    return false;
  }
}

function pack(path: string, raw: Buffer): BundleFile {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return {
    path,
    type: TYPES[extname(path)] ?? "application/octet-stream",
    isImmutable: path.startsWith("/assets/"),
    raw: raw.toString("base64"),
    gzip: gzipSync(raw, { level: 9 }).toString("base64"),
    brotli: brotliCompressSync(raw, { params }).toString("base64"),
  };
}

/** Builds unless nothing has changed since the last time. */
export async function buildConsole(): Promise<string> {
  if (await isFresh()) return OUT;
  const folder = await mkdtemp(join(tmpdir(), "entrepot-console-"));
  try {
    const href = (path: string) => `/${relative(folder, path)}`;
    const make = async (names: readonly string[], more: Partial<Bun.BuildConfig>) => {
      const built = await Bun.build({
        entrypoints: names.map((name) => join(SOURCE, name)),
        root: SOURCE,
        outdir: join(folder, "assets"),
        target: "browser",
        minify: true,
        splitting: true,
        naming: "[name]-[hash].[ext]",
        publicPath: "/assets/",
        ...more,
        define: { "process.env.NODE_ENV": '"production"', ...more.define },
      });
      if (!built.success) throw new AggregateError(built.logs, "the console does not build");
      return built;
    };
    // The page has to know where its worker is, which has no document to ask.
    const [worker] = (await make(["markdown/worker.ts"], { conditions: ["worker"] })).outputs;
    if (worker === undefined) throw new Error("the console has no worker");
    const built = await make(["main.tsx", "appearance.ts"], {
      define: { MARKDOWN_WORKER: JSON.stringify(href(worker.path)) },
    });
    const styles = built.outputs.filter((o) => o.path.endsWith(".css"));
    const entry = (name: string) => {
      const found = built.outputs.find(
        (o) => o.kind === "entry-point" && basename(o.path).startsWith(`${name}-`),
      );
      if (found === undefined) throw new Error(`the console has no ${name}`);
      return href(found.path);
    };
    const html = (await readFile(join(ROOT, "console/index.html"), "utf8"))
      .replace(
        "<!-- styles -->",
        styles.map((s) => `<link rel="stylesheet" href="${href(s.path)}">`).join(""),
      )
      .replace("<!-- first -->", `<script src="${entry("appearance")}"></script>`)
      .replace("<!-- script -->", `<script type="module" src="${entry("main")}"></script>`);
    const packed = [pack("/index.html", Buffer.from(html))];
    for (const file of await filesIn(join(folder, "assets"))) {
      packed.push(pack(href(file), await readFile(file)));
    }
    const statics = join(ROOT, "console/static");
    for (const file of await filesIn(statics)) {
      packed.push(pack(`/${relative(statics, file)}`, await readFile(file)));
    }
    await mkdir(join(ROOT, "dist"), { recursive: true });
    // Whoever reads it meanwhile gets the old one or the new one, whole.
    const made = `${OUT}.${process.pid}`;
    await writeFile(made, JSON.stringify(packed));
    await rename(made, OUT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return OUT;
}

if (import.meta.main) {
  const path = await buildConsole();
  console.log(`${relative(ROOT, path)}: ${Math.round((await stat(path)).size / 1_000)} kB`);
}
