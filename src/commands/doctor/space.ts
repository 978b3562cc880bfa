import { statfs } from "node:fs/promises";
import { formatSize } from "../../config/units.ts";
import { reasonOf } from "./wire.ts";

/** The space of a file system, in bytes. */
export interface Space {
  readonly total: number;
  readonly free: number;
}

/** The space where a folder is; the system's word for why it cannot be told. */
export async function spaceOf(folder: string): Promise<Space | string> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { total: blocks * bsize, free: bavail * bsize };
  } catch (error) {
    return reasonOf(error);
  }
}

/** Whole mebibytes, for people. */
export function sizeText(bytes: number): string {
  const unit = bytes < 2 ** 20 ? 1 : bytes < 2 ** 30 ? 2 ** 20 : 2 ** 30;
  return formatSize(Math.floor(bytes / unit) * unit);
}
