import { Checks, same } from "../../scripts/lib/checks.ts";
import { ensurePackages } from "../../scripts/lib/packages.ts";
import { dropFolder, tempFolder } from "../../scripts/lib/temp.ts";
import { dockerLogins } from "./access/docker-logins.ts";
import { verifyPullLimit } from "./access/pull-limit.ts";
import { type ClientMaker, verifyAccess } from "./access/run.ts";
import type { Client, ClientOptions } from "./client.ts";
import { buildah, podman } from "./containers-storage.ts";
import { ctr } from "./ctr.ts";
import { docker } from "./docker.ts";
import { startRegistry } from "./harness.ts";
import { SMALL } from "./images.ts";
import { type Launcher, launcherNamed } from "./launchers.ts";
import { type Skopeo, skopeo } from "./skopeo.ts";
import { tellStories } from "./stories.ts";
import { overTls } from "./tls.ts";

export const CLIENT_PACKAGES = [
  ...["docker.io", "podman", "buildah", "skopeo", "containerd", "runc", "crun"],
  ...["openssl", "util-linux", "tar"],
];

const CLIENTS: Readonly<Record<string, (options: ClientOptions) => Promise<Client>>> = {
  docker,
  podman,
  buildah,
  ctr,
  skopeo,
};

/** What is proved beside the stories of all clients; may be asked for alone. */
const PARTS = ["stories", "access", "tls"] as const;

/** These give up at once when they pull too much; the others try for five minutes. */
const GIVE_UP = ["docker", "ctr"];

/** What skopeo has beyond the stories of all clients: inspect, list, delete. */
async function manage(client: Skopeo): Promise<string> {
  const repository = "team/skopeo/manage";
  const image = await client.makeImage(`manage-${Date.now()}`, SMALL);
  const pushed = await client.push(image, `${repository}:one`);
  same("second tag", await client.push(image, `${repository}:two`), pushed);
  same("inspect", await client.inspectDigest(`${repository}:one`), pushed);
  same("list-tags", (await client.listTags(repository)).join(), "one,two");
  await client.delete(`${repository}:one`);
  const gone = await client.inspectDigest(`${repository}:one`).then(
    () => false,
    () => true,
  );
  if (!gone) throw new Error("a deleted image can still be inspected");
  return "inspect, list-tags, delete";
}

/** Gives a client a folder of its own, and takes both away whatever happens. */
async function withClient<T extends Client>(
  checks: Checks,
  name: string,
  make: (folder: string) => Promise<T>,
  use: (client: T) => Promise<void>,
): Promise<void> {
  const folder = tempFolder(name);
  let client: T | undefined;
  try {
    client = await make(folder);
    await use(client);
  } catch (cause) {
    checks.fail(`${name}: set up`, cause);
  } finally {
    await client?.close();
    await dropFolder(folder);
  }
}

async function allStories(checks: Checks, launcher: Launcher, makers: readonly ClientMaker[]) {
  const registry = await startRegistry(launcher);
  try {
    for (const [name, make] of makers) {
      await withClient(
        checks,
        name,
        (folder) => make({ registry, folder }),
        (client) => tellStories(checks, client, registry),
      );
    }
    if (!makers.some(([name]) => name === "skopeo")) return;
    await withClient(
      checks,
      "skopeo",
      (folder) => skopeo({ registry, folder }),
      async (client) => {
        await checks.check("skopeo: inspect, list-tags, delete", () => manage(client));
      },
    );
  } finally {
    await registry.close();
  }
}

async function allAccess(checks: Checks, launcher: Launcher, makers: readonly ClientMaker[]) {
  await verifyAccess(checks, launcher, makers);
  if (makers.some(([name]) => name === "docker")) await dockerLogins(checks, launcher);
  const limited = makers.filter(([name]) => GIVE_UP.includes(name));
  if (limited.length > 0) await verifyPullLimit(checks, launcher, limited);
}

/** Every real client; `only` names some of the clients, of the parts, or of both. */
export async function verifyClients(
  checks: Checks,
  launcher: Launcher,
  only: readonly string[] = [],
): Promise<void> {
  await ensurePackages(...CLIENT_PACKAGES);
  const known: readonly string[] = [...Object.keys(CLIENTS), ...PARTS];
  const odd = only.filter((name) => !known.includes(name));
  if (odd.length > 0) throw new Error(`no such part: ${odd.join()} (there are ${known.join()})`);
  const chosen = <T extends readonly string[]>(all: T): T | T[number][] => {
    const named = all.filter((name) => only.includes(name));
    return named.length > 0 ? named : all;
  };
  const names = chosen(Object.keys(CLIENTS));
  const makers = Object.entries(CLIENTS).filter(([name]) => names.includes(name));
  const parts = chosen(PARTS);
  if (parts.includes("stories")) await allStories(checks, launcher, makers);
  if (parts.includes("access")) await allAccess(checks, launcher, makers);
  if (parts.includes("tls")) {
    const folder = tempFolder("tls");
    try {
      await overTls(checks, launcher, folder);
    } finally {
      await dropFolder(folder);
    }
  }
}

if (import.meta.main) {
  const [launcher = "sources", ...only] = process.argv.slice(2);
  const checks = new Checks();
  try {
    await verifyClients(checks, launcherNamed(launcher), only);
  } catch (cause) {
    checks.fail("clients", cause);
  }
  process.exit(checks.close());
}
