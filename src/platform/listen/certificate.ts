import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ListenError } from "./listen-error.ts";

export interface CertificateFiles {
  /** PEM: the server's certificate first, then the chain. */
  readonly certFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
}

/** A certificate and its key that fit together. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly subject: string;
  readonly validTo: string;
}

/** Reads both files and proves that they belong together; throws `certificate_unusable` with the reason. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([read(files.certFile), read(files.keyFile)]);
  const leaf = parse(files.certFile, () => new X509Certificate(cert));
  const secret = parse(files.keyFile, () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(secret)) {
    throw unusable(
      `the key in ${files.keyFile} is not that of the certificate in ${files.certFile}`,
    );
  }
  return { cert, key, subject: leaf.subject, validTo: leaf.validTo };
}

export function sameCertificate(one: Certificate, other: Certificate): boolean {
  return one.cert === other.cert && one.key === other.key;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw unusable(`cannot read ${path}`, cause);
  }
}

function parse<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw unusable(`${path} is not in PEM form, or needs a passphrase`, cause);
  }
}

function unusable(message: string, cause?: unknown): ListenError {
  return new ListenError("certificate_unusable", message, cause);
}
