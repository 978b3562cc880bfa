import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificates, makeCertificates } from "../../scripts/lib/certificates.ts";
import { type Checks, same } from "../../scripts/lib/checks.ts";
import { attempt, run } from "../../scripts/lib/run.ts";
import type { Client } from "./client.ts";
import { docker } from "./docker.ts";
import { type Registry, startRegistry } from "./harness.ts";
import { SMALL } from "./images.ts";
import type { Launcher } from "./launchers.ts";
import { skopeo } from "./skopeo.ts";
import { proveWhole } from "./wire-proof.ts";

/** A name that only these clients know, by a hosts table of their own. */
const NAME = "registry.test";
const UNTRUSTED = /signed by unknown authority/;

/** Shell lines that put files of ours over the machine's, inside one mount namespace only. */
function view(folder: string, registry: Registry, trusted: boolean, ca: string): string {
  const hosts = join(folder, "hosts");
  // Docker takes every name in 127.0.0.0/8 for one that needs no valid certificate; ::1 is not.
  writeFileSync(hosts, `127.0.0.1 localhost\n::1 ${NAME}\n`);
  const etc = join(folder, trusted ? "etc-docker" : "etc-docker-empty");
  const certs = join(etc, "certs.d", registry.host);
  mkdirSync(certs, { recursive: true });
  return [
    "set -e",
    ...(trusted ? [`cp '${ca}' '${join(certs, "ca.crt")}'`] : []),
    "mkdir -p /etc/docker",
    `mount --bind '${hosts}' /etc/hosts`,
    `mount --bind '${etc}' /etc/docker`,
  ].join("\n");
}

/** Push, pull and compare one small image, and an index of two platforms. */
async function roundTrip(client: Client, registry: Registry): Promise<string> {
  const repository = `team/tls/${client.name}`;
  const image = await client.makeImage(`tls-${client.name}-${Date.now()}`, SMALL);
  const pushed = await client.push(image, `${repository}:1`);
  same("digest in the registry", (await proveWhole(registry, repository, "1")).digest, pushed);
  await client.forget(image, `${repository}:1`);
  const pulled = await client.pull(`${repository}:1`);
  same("digest pulled", pulled.digest, pushed);
  same("image id pulled", pulled.id, image.id);
  return pushed.slice(0, 19);
}

/** Expects that a client which does not know the authority is refused for that reason. */
async function refusedWithoutAuthority(use: () => Promise<unknown>): Promise<string> {
  const words = await use().then(
    () => undefined,
    (cause) => String(cause instanceof Error ? `${cause.message} ${cause.cause ?? ""}` : cause),
  );
  if (words === undefined) throw new Error("an unknown authority was trusted");
  if (!UNTRUSTED.test(words)) throw new Error(`refused for another reason: ${words}`);
  return "refused";
}

async function dockerOverTls(
  checks: Checks,
  registry: Registry,
  folder: string,
  made: Certificates,
): Promise<void> {
  const open = async (name: string, trusted: boolean): Promise<Client> => {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    return docker(
      { registry, folder: own },
      { prepare: view(own, registry, trusted, made.caFile) },
    );
  };
  await checks.check("docker over TLS: private authority in certs.d", async () => {
    const client = await open("docker", true);
    try {
      return await roundTrip(client, registry);
    } finally {
      await client.close();
    }
  });
  await checks.check("docker over TLS: authority not known", () =>
    refusedWithoutAuthority(async () => (await open("docker-untrusted", false)).close()),
  );
}

async function skopeoOverTls(
  checks: Checks,
  registry: Registry,
  folder: string,
  made: Certificates,
): Promise<void> {
  const own = join(folder, "skopeo");
  const certificates = join(own, "certificates");
  const none = join(own, "none");
  for (const path of [certificates, none]) mkdirSync(path, { recursive: true });
  await run(["cp", made.caFile, join(certificates, "ca.crt")]);
  const prepare = view(own, registry, false, made.caFile);
  const through = ["unshare", "-m", "sh", "-c", `${prepare}\nexec "$@"`, "sh"];
  await checks.check("skopeo over TLS: private authority in a folder", async () => {
    const client = await skopeo({ registry, folder: own }, { certificates, through });
    return roundTrip(client, registry);
  });
  await checks.check("skopeo over TLS: authority not known", async () => {
    const client = await skopeo({ registry, folder: own }, { certificates: none, through });
    return refusedWithoutAuthority(() => client.pull("team/tls/skopeo:1"));
  });
}

/** What ALPN settles on when a client offers HTTP/2 first. */
export async function negotiatedProtocol(host: string, caFile: string): Promise<string> {
  const asked = await attempt(
    ["openssl", "s_client", "-connect", host, "-CAfile", caFile, "-alpn", "h2,http/1.1"],
    { input: "", timeout: 20_000 },
  );
  return /ALPN protocol: (\S+)/.exec(asked.output)?.[1] ?? "none";
}

/** docker and skopeo against a registry whose certificate a private authority signed. */
export async function overTls(checks: Checks, launcher: Launcher, folder: string): Promise<void> {
  const made = await makeCertificates(folder, [NAME, "localhost", "127.0.0.1", "::1"]);
  const registry = await startRegistry(launcher, { address: "::1", hostName: NAME, tls: made });
  try {
    await dockerOverTls(checks, registry, folder, made);
    await skopeoOverTls(checks, registry, folder, made);
  } finally {
    await registry.close();
  }
}
