import { randomBytes } from "node:crypto";
import { mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Environment } from "../../config/env-source.ts";
import { LoginsFault } from "./fault.ts";

/** An object of JSON as it was read: what is not understood is kept. */
export type Loose = Readonly<Record<string, unknown>>;

/** Docker's own file of logins; undefined where there is no home to look for it in. */
export function dockerFile(env: Environment): string | undefined {
  const folder = env.DOCKER_CONFIG ?? "";
  if (folder !== "") return join(folder, "config.json");
  const home = env.HOME ?? "";
  return home === "" ? undefined : join(home, ".docker", "config.json");
}

/** The files that clients keep logins in: docker's own, then the one of podman and its kin. */
export function loginFiles(env: Environment): string[] {
  const runtime = env.XDG_RUNTIME_DIR ?? "";
  const usual = runtime === "" ? undefined : join(runtime, "containers/auth.json");
  const files = [dockerFile(env), env.REGISTRY_AUTH_FILE || usual];
  return files.filter((file) => file !== undefined);
}

/** The object at `key`; an empty one for whatever else stands there. */
export function objectAt(of: Loose, key: string): Loose {
  const value = Object.hasOwn(of, key) ? of[key] : undefined;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Loose) : {};
}

/** The text at `key`; undefined for nothing and for the empty one. */
export function textAt(of: Loose, key: string): string | undefined {
  const value = Object.hasOwn(of, key) ? of[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** What the file holds; nothing where there is none. Throws `LoginsFault`. */
export async function readDockerFile(path: string): Promise<Loose> {
  try {
    const content: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof content === "object" && content !== null && !Array.isArray(content)) {
      return content as Loose;
    }
  } catch (error) {
    if (isMissing(error)) return {};
    throw new LoginsFault("file", path, whyOf(error), error);
  }
  throw new LoginsFault("file", path, "it holds no JSON object");
}

/** Where the file really is: one that is a link stays one. */
async function target(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}

/** Replaces the file at once, readable by its owner alone. Throws `LoginsFault`. */
export async function writeDockerFile(path: string, content: Loose): Promise<void> {
  const text = `${JSON.stringify(content, null, "\t")}\n`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await target(path);
    const fresh = `${file}.${randomBytes(6).toString("hex")}`;
    try {
      await writeFile(fresh, text, { mode: 0o600, flag: "wx", flush: true });
      await rename(fresh, file);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  } catch (error) {
    throw new LoginsFault("file", path, whyOf(error), error);
  }
}
