import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** A private authority and a server certificate that it signed, as PEM files. */
export interface Certificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes a private CA and a certificate for the given names and addresses in `folder`. */
export async function makeCertificates(
  folder: string,
  names: readonly string[],
): Promise<Certificates> {
  const file = (name: string) => join(folder, name);
  const caFile = file("ca.crt");
  const certFile = file("server.crt");
  const keyFile = file("server.key");
  const alternatives = names.map((name) =>
    /^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`,
  );
  writeFileSync(
    file("server.ext"),
    `subjectAltName=${alternatives.join(",")}\nextendedKeyUsage=serverAuth\n`,
  );
  const authority = ["-subj", "/CN=Private test authority", "-days", "2", "-sha256"];
  await run([
    "openssl",
    "req",
    "-x509",
    ...KEY,
    "-keyout",
    file("ca.key"),
    "-out",
    caFile,
    ...authority,
  ]);
  await run([
    ...["openssl", "req", "-new", ...KEY, "-keyout", keyFile, "-out", file("server.csr")],
    ...["-subj", `/CN=${names[0]}`],
  ]);
  await run([
    ...["openssl", "x509", "-req", "-in", file("server.csr"), "-out", certFile],
    ...["-CA", caFile, "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "2", "-sha256"],
    ...["-extfile", file("server.ext")],
  ]);
  return { caFile, certFile, keyFile };
}
