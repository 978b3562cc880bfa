import { open } from "node:fs/promises";

/** Longer files are no lists of people. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * What a file holds, read again when it has changed. `read` makes a value of its text; faults of
 * the file system are thrown as they are.
 */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #read: (text: string) => T;
  #seen: { readonly mark: string; readonly value: T } | undefined;

  constructor(path: string, read: (text: string) => T) {
    this.#path = path;
    this.#read = read;
  }

  async value(): Promise<T> {
    const file = await open(this.#path, "r");
    try {
      // Of the open file, so that mark and text are of the same one though it be replaced now.
      const { ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true });
      const mark = [ino, size, mtimeNs, ctimeNs].join(":");
      if (this.#seen?.mark === mark) return this.#seen.value;
      if (size > MOST_BYTES) throw new Error(`${this.#path} is larger than ${MOST_BYTES} bytes`);
      const value = this.#read(await file.readFile("utf8"));
      this.#seen = { mark, value };
      return value;
    } finally {
      await file.close();
    }
  }
}
