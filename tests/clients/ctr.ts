import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run, start, tail, until } from "../../scripts/lib/run.ts";
import {
  type Client,
  type ClientOptions,
  digestIn,
  firstCredentials,
  type Pulled,
  userPassword,
} from "./client.ts";
import { ARCHITECTURES, Layout, SMALL } from "./images.ts";

const MINUTES = 60_000;

/** containerd with its own root, state and socket, driven by `ctr`. */
export async function ctr(options: ClientOptions): Promise<Client> {
  const { registry, folder } = options;
  const socket = join(folder, "containerd.sock");
  const config = join(folder, "containerd.toml");
  const layout = new Layout(join(folder, "layout"));
  writeFileSync(
    config,
    [
      "version = 2",
      `root = "${join(folder, "root")}"`,
      `state = "${join(folder, "state")}"`,
      // Pods, and storage that needs other file systems, are no part of this.
      'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs",',
      '  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",',
      '  "io.containerd.snapshotter.v1.aufs"]',
      `[grpc]\n  address = "${socket}"`,
      `[ttrpc]\n  address = "${socket}.ttrpc"`,
      `[plugins."io.containerd.internal.v1.opt"]\n  path = "${join(folder, "opt")}"`,
      "",
    ].join("\n"),
  );
  const server = start(["containerd", "--config", config], {
    logFile: join(folder, "containerd.log"),
  });
  const base = ["ctr", "--address", socket];
  const call = (...argv: readonly string[]) => run([...base, ...argv], { timeout: 5 * MINUTES });
  const full = (reference: string) => `${registry.host}/${reference}`;
  const shown = (credentials: string | undefined) => [
    "--plain-http",
    ...(credentials === undefined ? [] : ["--user", credentials]),
  ];
  let access = shown(firstCredentials(options));

  /** Digest of a local image's target, then of the config behind it. */
  const describe = async (reference: string, architecture: string): Promise<Pulled> => {
    const { stdout } = await call("images", "ls", `name==${full(reference)}`);
    const digest = digestIn(stdout);
    const read = async (one: string): Promise<Record<string, unknown>> =>
      JSON.parse((await call("content", "get", one)).stdout);
    let manifest = await read(digest);
    if (Array.isArray(manifest.manifests)) {
      const children = manifest.manifests as {
        digest: string;
        platform: { architecture: string };
      }[];
      const child = children.find((one) => one.platform.architecture === architecture);
      manifest = await read(child?.digest ?? "");
    }
    return { digest, id: (manifest.config as { digest: string }).digest };
  };
  /** Brings an image of the layout into containerd's own store, under its tag. */
  const load = async (tag: string) => {
    const archive = join(folder, "import.tar");
    await run(["tar", "-C", layout.folder, "-cf", archive, "."]);
    await call(
      "images",
      "import",
      "--all-platforms",
      "--no-unpack",
      "--base-name",
      "local",
      archive,
    );
    return `local:${tag}`;
  };
  const push = async (name: string, reference: string, ...more: readonly string[]) => {
    await call("images", "push", ...access, ...more, full(reference), name);
  };
  const forgetAll = async () => {
    const names = (await call("images", "ls", "-q")).stdout.split("\n").filter(Boolean);
    if (names.length > 0) await call("images", "rm", "--sync", ...names);
    const left = (await call("content", "ls", "-q")).stdout.trim();
    if (left !== "") throw new Error(`content is left after its removal: ${left}`);
  };
  const client: Client = {
    name: "ctr",
    login: async (who) => {
      access = shown(userPassword(who));
    },
    logout: async () => {
      access = shown(undefined);
    },
    makeImage: async (seed, shape) => {
      const image = await layout.addImage(seed, seed, shape);
      return { name: await load(seed), id: image.id };
    },
    push: async (image, reference) => {
      await push(image.name, reference);
      return digestIn((await call("images", "ls", `name==${image.name}`)).stdout);
    },
    forget: forgetAll,
    pull: async (reference) => {
      await call("images", "pull", ...access, full(reference));
      return describe(reference, ARCHITECTURES[0]);
    },
    pushIndex: async (seed, reference) => {
      const made = await layout.addIndex(seed, seed, SMALL);
      await push(await load(seed), reference);
      const ids = Object.entries(made.images).map(([name, image]) => [name, image.id]);
      return { digest: made.index.digest, ids: Object.fromEntries(ids) };
    },
    pullFromIndex: async (reference, architecture) => {
      await forgetAll();
      await call("images", "pull", ...access, "--all-platforms", full(reference));
      return describe(reference, architecture);
    },
    copy: async (from, to) => {
      await call("images", "pull", ...access, full(from));
      await push(full(from), to);
    },
    close: () => server.stop(20_000),
  };
  try {
    await until("containerd answers", async () => {
      if (!server.running()) return false;
      return (await attempt([...base, "version"])).code === 0 ? true : undefined;
    }).then((up) => {
      if (!up) throw new Error("containerd ended while it started");
    });
  } catch (cause) {
    await client.close();
    throw new Error(`containerd is not usable\n${tail(server.log())}`, { cause });
  }
  return client;
}
