import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

const BUNDLES = ["ssl/certs/ca-certificates.crt", "pki/tls/certs/ca-bundle.crt", "ssl/cert.pem"];
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

async function certificatesIn(path: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).match(PEM) ?? [];
  } catch {
    // Not there, or not ours to read: then it is trusted by nobody here.
    return [];
  }
}

/** What programs of this machine trust that ask the system. */
export async function systemRoots(etc: string): Promise<string[]> {
  for (const bundle of BUNDLES) {
    const found = await certificatesIn(join(etc, bundle));
    if (found.length > 0) return found;
  }
  return [...rootCertificates];
}

/** A client that has a folder of certificates for each registry. */
export interface ClientFolder {
  readonly client: string;
  readonly folder: string;
}

/** Where the clients look, for a registry at this place. */
export function clientFolders(etc: string, place: string): ClientFolder[] {
  return [
    { client: "docker", folder: join(etc, "docker/certs.d", place) },
    { client: "podman", folder: join(etc, "containers/certs.d", place) },
    { client: "containerd", folder: join(etc, "containerd/certs.d", place) },
  ];
}

/** The certificates in such a folder. */
export async function folderRoots({ folder }: ClientFolder): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return [];
  }
  const files = names.filter((name) => /\.(?:crt|pem)$/.test(name));
  return (await Promise.all(files.map((name) => certificatesIn(join(folder, name))))).flat();
}
