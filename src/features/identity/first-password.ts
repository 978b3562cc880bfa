import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../../platform/files/sync-folder.ts";

/** Where the first administrator's random password waits to be read. */
export interface FirstPasswordFile {
  readonly path: string;
  /** Writes it for the owner alone, durably, in the place of whatever was there. */
  save(password: string): Promise<void>;
  remove(): Promise<void>;
}

/** The file in the data folder, which this process holds for itself alone. */
export function firstPasswordFile(folder: string): FirstPasswordFile {
  const path = join(folder, "first-password");
  const fresh = `${path}.new`;
  return {
    path,
    async save(password) {
      // One that a crash left behind, with a password that never counted.
      await rm(fresh, { force: true });
      const handle = await open(fresh, "wx", 0o600);
      try {
        await handle.writeFile(`${password}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(fresh, path);
      await syncFolder(dirname(path));
    },
    remove: () => rm(path, { force: true }),
  };
}
