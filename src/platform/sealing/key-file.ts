import { randomBytes } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Secret } from "../../kernel/secret.ts";
import { syncFolder } from "../files/sync-folder.ts";

const LEAST = 32;

async function readKey(path: string): Promise<Secret | undefined> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  if (text.length < LEAST) throw new Error(`${path} holds fewer than ${LEAST} characters`);
  return new Secret(text);
}

/**
 * The installation's own key in a file for its owner alone, made at the first start. It is whole
 * and durable before it has its name: a key that was used once must never be another.
 */
export function keyFromFile(path: string): Promise<Secret>;
/** The same, but undefined where there is no such file. */
export function keyFromFile(path: string, only: "existing"): Promise<Secret | undefined>;
export async function keyFromFile(path: string, only?: "existing"): Promise<Secret | undefined> {
  const there = await readKey(path);
  if (there !== undefined || only === "existing") return there;
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  const handle = await open(fresh, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString("base64url")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // A link fails where a name exists already, which a rename would replace.
  await link(fresh, path);
  await rm(fresh);
  await syncFolder(dirname(path));
  const made = await readKey(path);
  if (made === undefined) throw new Error(`${path} has gone`);
  return made;
}
