import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Complaint, EXIT } from "../remote/complaint.ts";

/** A file for a secret that is about to be made. */
export interface SecretFile {
  keep(secret: string): Promise<void>;
  /** There is none after all. */
  discard(): Promise<void>;
}

/** The folder that the secrets of new robots are written into, each to a file of its own. */
export class SecretFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the file, which nobody but its owner reads. Throws `Complaint`, also when it is there. */
  async open(name: string): Promise<SecretFile> {
    const path = join(this.#folder, name);
    let handle: FileHandle;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      handle = await open(path, "wx", 0o600);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const words = { en: `cannot write ${path}: ${why}`, zh: `无法写入 ${path}：${why}` };
      throw new Complaint(EXIT.failed, words, error);
    }
    return {
      async keep(secret) {
        try {
          await handle.writeFile(`${secret}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
      },
      async discard() {
        await handle.close();
        await rm(path, { force: true });
      },
    };
  }
}
