import { chmod, copyFile, link, lstat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { errnoOf, storageFault } from "./faults.ts";
import { checkedId } from "./location.ts";

/** Where a second name for the file cannot be had: then its bytes are copied. */
const CANNOT_LINK = new Set([
  "EXDEV",
  "EPERM",
  "EACCES",
  "EOPNOTSUPP",
  "ENOTSUP",
  "ENOSYS",
  "EMLINK",
]);
/** A mode that says of our own files that a sync of theirs failed: such a file is copied. */
const DOUBTED = 0o700;
const TRUSTED = 0o600;

/**
 * Gives a file from elsewhere on this machine a second name among the staged bytes of a store, or
 * copies it where that cannot be. The file itself stays as it is: nobody writes to staged bytes that
 * have another name too. Throws the system's error for a source that is no readable file, and
 * `service.storage_unavailable`, `service.storage_full`.
 */
export async function importFile(
  root: string,
  id: string,
  source: string,
): Promise<"linked" | "copied"> {
  const staged = join(resolve(root), "uploads", checkedId(id));
  const facts = await lstat(source);
  if (!facts.isFile()) throw new Error(`${source} is not a file`);
  if ((facts.mode & 0o777) !== DOUBTED) {
    try {
      await link(source, staged);
      return "linked";
    } catch (error) {
      if (!CANNOT_LINK.has(errnoOf(error) ?? "")) throw storageFault(error);
    }
  }
  try {
    await copyFile(source, staged);
    // The mode came along, whatever it means there.
    await chmod(staged, TRUSTED);
    return "copied";
  } catch (error) {
    throw storageFault(error);
  }
}
