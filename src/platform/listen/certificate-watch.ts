import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type Certificate,
  type CertificateFiles,
  readCertificate,
  sameCertificate,
} from "./certificate.ts";
import type { ListenLimits } from "./limits.ts";

/** What to do with what was found. */
export interface CertificateTaker {
  /** A new pair that fits together. A failure keeps the old one. */
  take(certificate: Certificate): Promise<void>;
  /** The files changed into something unusable, which is told once a change. */
  keep(error: Error): void;
}

/**
 * Takes new certificates as soon as their files change. The folders are watched, because renewals replace files
 * and symbolic links; where notifications get lost (network mounts), looking at the times from now and then finds it.
 */
export class CertificateWatch {
  readonly #files: CertificateFiles;
  readonly #limits: ListenLimits;
  readonly #taker: CertificateTaker;
  readonly #watchers: FSWatcher[] = [];
  readonly #poll: ReturnType<typeof setInterval>;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #current: Certificate;
  #stamp: string;
  #checking: Promise<void> = Promise.resolve();
  #stopped = false;

  /** `stamp` is that of the files before `current` was read: what changed in between is then found. */
  constructor(
    files: CertificateFiles,
    current: Certificate,
    stamp: string,
    limits: ListenLimits,
    taker: CertificateTaker,
  ) {
    this.#files = files;
    this.#current = current;
    this.#stamp = stamp;
    this.#limits = limits;
    this.#taker = taker;
    for (const folder of new Set([dirname(files.certFile), dirname(files.keyFile)])) {
      this.#watch(folder);
    }
    this.#poll = setInterval(() => this.#soon(), limits.certificatePoll);
    this.#poll.unref();
  }

  /** Ends the watch; a change that is being taken is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers) watcher.close();
    await this.#checking;
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#soon());
      // A folder that goes away ends its notifications; the poll goes on.
      watcher.on("error", () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // No notifications on this file system, or too many watches: the poll alone has to do.
    }
  }

  #soon(): void {
    if (this.#stopped) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#checking = this.#checking.then(() => this.#check());
    }, this.#limits.certificateSettle);
    this.#settling.unref();
  }

  async #check(): Promise<void> {
    const stamp = await certificateStamp(this.#files);
    if (this.#stopped || stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      const found = await readCertificate(this.#files);
      if (sameCertificate(found, this.#current)) return;
      await this.#taker.take(found);
      this.#current = found;
    } catch (error) {
      this.#taker.keep(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** Changes whenever one of the files, or what a symbolic link stands for, is another. */
export async function certificateStamp(files: CertificateFiles): Promise<string> {
  const parts = await Promise.all([files.certFile, files.keyFile].map(fileStamp));
  return parts.join(" ");
}

async function fileStamp(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch {
    return "missing";
  }
}
