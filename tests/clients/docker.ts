import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run, start, tail, until } from "../../scripts/lib/run.ts";
import { type Client, type ClientOptions, digestIn, type Pulled } from "./client.ts";
import { ARCHITECTURES, Layout, type MadeImage, SMALL, writeBuildContext } from "./images.ts";
import type { Credentials } from "./launchers.ts";

/** An arrangement of files that only the daemon sees: a hosts table and `certs.d`. */
export interface DaemonView {
  /** Commands that run before the daemon, in a mount namespace of its own. */
  readonly prepare: string;
}

const MINUTES = 60_000;

/** A Docker Engine with nothing shared with the machine's own, and its command line. */
export async function docker(options: ClientOptions, view?: DaemonView): Promise<Client> {
  const { registry, folder } = options;
  const config = join(folder, "config");
  mkdirSync(config, { recursive: true });
  const layout = new Layout(join(folder, "layout"));
  const socket = `unix://${join(folder, "docker.sock")}`;
  const daemonConfig = join(folder, "daemon.json");
  writeFileSync(daemonConfig, "{}");
  const daemon = [
    "dockerd",
    ...["--config-file", daemonConfig, "-H", socket],
    ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
    ...["--pidfile", join(folder, "docker.pid")],
    ...["--iptables=false", "--ip6tables=false", "--bridge=none"],
  ];
  const server = start(
    view ? ["unshare", "-m", "sh", "-c", `${view.prepare}\nexec "$@"`, "sh", ...daemon] : daemon,
    { logFile: join(folder, "dockerd.log") },
  );
  const env = {
    DOCKER_HOST: socket,
    DOCKER_CONFIG: config,
    // The classic builder: BuildKit is a plug-in that Debian's packages do not bring.
    DOCKER_BUILDKIT: "0",
    DOCKER_CLI_EXPERIMENTAL: "enabled",
  };
  const call = async (argv: readonly string[], timeout = 5 * MINUTES, input?: string) =>
    run(["docker", ...argv], { env, timeout, ...(input === undefined ? {} : { input }) });
  const full = (reference: string) => `${registry.host}/${reference}`;
  const login = async ({ username, password }: Credentials) => {
    await call(["login", "-u", username, "--password-stdin", registry.host], MINUTES, password);
  };
  const inspect = async (name: string, format: string) =>
    (await call(["image", "inspect", "--format", format, name])).stdout.trim();

  const describe = async (reference: string): Promise<Pulled> => {
    const id = await inspect(full(reference), "{{.Id}}");
    const digests = await inspect(full(reference), "{{json .RepoDigests}}");
    const repository = full(reference).replace(/:[^:/]*$/, "");
    const all: unknown = JSON.parse(digests);
    const own = Array.isArray(all) ? all.find((one) => `${one}`.startsWith(`${repository}@`)) : "";
    return { digest: digestIn(`${own}`), id };
  };

  /** An image of a foreign platform, which the classic builder cannot make: loaded ready-made. */
  const load = async (name: string, image: MadeImage) => {
    const entry = {
      Config: `blobs/sha256/${image.id.slice("sha256:".length)}`,
      RepoTags: [name],
      Layers: image.layers.map(({ digest }) => `blobs/sha256/${digest.slice("sha256:".length)}`),
    };
    writeFileSync(join(layout.folder, "manifest.json"), JSON.stringify([entry]));
    const archive = join(folder, "load.tar");
    await run(["tar", "-C", layout.folder, "-cf", archive, "manifest.json", "blobs"]);
    await call(["load", "--input", archive]);
  };

  const client: Client = {
    name: "docker",
    login,
    logout: async () => {
      await call(["logout", registry.host], MINUTES);
    },
    makeImage: async (seed, shape) => {
      const name = `local/${seed}:made`;
      const context = join(folder, "context", seed);
      writeBuildContext(context, seed, shape);
      await call(["build", "-q", "-t", name, context]);
      return { name, id: await inspect(name, "{{.Id}}") };
    },
    push: async (image, reference) => {
      await call(["tag", image.name, full(reference)]);
      return digestIn(
        (await call(["push", full(reference)])).stdout.split("digest: ").at(-1) ?? "",
      );
    },
    forget: async (image, reference) => {
      // One at a time: either name may be gone already.
      for (const name of [full(reference), image.name])
        await attempt(["docker", "rmi", name], { env });
      await call(["system", "prune", "--all", "--force"]);
      if ((await attempt(["docker", "image", "inspect", image.id], { env })).code === 0) {
        throw new Error("the image is still there after its removal");
      }
    },
    pull: async (reference) => {
      await call(["pull", full(reference)]);
      return describe(reference);
    },
    pushIndex: async (seed, reference) => {
      const ids: Record<string, string> = {};
      const parts: string[] = [];
      const { images } = await layout.addIndex(seed, seed, SMALL);
      for (const architecture of ARCHITECTURES) {
        const part = `${reference}-${architecture}`;
        const image = images[architecture];
        if (image === undefined) throw new Error(`no image for ${architecture}`);
        await load(full(part), image);
        await call(["push", full(part)]);
        ids[architecture] = image.id;
        parts.push(full(part));
      }
      const insecure = registry.ca === undefined ? ["--insecure"] : [];
      await call(["manifest", "create", ...insecure, full(reference), ...parts]);
      const pushed = await call(["manifest", "push", ...insecure, full(reference)]);
      return { digest: digestIn(pushed.stdout), ids };
    },
    pullFromIndex: async (reference, architecture) => {
      await call(["system", "prune", "--all", "--force"]);
      await call(["pull", "--platform", `linux/${architecture}`, full(reference)]);
      return describe(reference);
    },
    copy: async (from, to) => {
      await call(["pull", full(from)]);
      await call(["tag", full(from), full(to)]);
      await call(["push", full(to)]);
    },
    close: () => server.stop(20_000),
  };

  try {
    await until("dockerd answers", async () => {
      if (!server.running()) return false;
      return (await attempt(["docker", "version"], { env })).code === 0 ? true : undefined;
    }).then((up) => {
      if (!up) throw new Error("dockerd ended while it started");
    });
    if (registry.credentials && options.anonymous !== true) await login(registry.credentials);
  } catch (cause) {
    await client.close();
    throw new Error(`dockerd is not usable\n${tail(server.log())}`, { cause });
  }
  return client;
}
