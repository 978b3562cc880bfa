import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../scripts/lib/run.ts";
import {
  type Client,
  type ClientOptions,
  digestIn,
  emptyAuthFile,
  firstCredentials,
  type Pulled,
} from "./client.ts";
import { ARCHITECTURES, type Shape, SMALL, writeBuildContext } from "./images.ts";

const MINUTES = 60_000;

/** In what podman and buildah differ; both keep images in containers/storage. */
interface Dialect {
  readonly name: "podman" | "buildah";
  readonly build: readonly string[];
  /** Digest and id of a local image, as the program tells them. */
  describe(call: Call, name: string): Promise<Pulled>;
  /** Whether that digest is the index's, where the image was pulled by one. */
  readonly tellsIndex: boolean;
}

const REMOVE_ALL = ["rmi", "--all", "--force"];

type Call = (...argv: readonly string[]) => Promise<{ readonly stdout: string }>;

const PODMAN: Dialect = {
  name: "podman",
  build: ["build", "--isolation", "chroot"],
  describe: async (call, name) => {
    const { stdout } = await call("image", "inspect", "--format", "{{.Digest}} {{.Id}}", name);
    const [digest = "", id = ""] = stdout.trim().split(" ");
    return { digest, id: `sha256:${id}` };
  },
  tellsIndex: true,
};

const BUILDAH: Dialect = {
  name: "buildah",
  build: ["build", "--isolation", "chroot"],
  describe: async (call, name) => {
    const format = "{{.FromImageDigest}} {{.FromImageID}}";
    const { stdout } = await call("inspect", "--type", "image", "--format", format, name);
    const [digest = "", id = ""] = stdout.trim().split(" ");
    return { digest, id: `sha256:${id}` };
  },
  tellsIndex: false,
};

/** The manifests kept with an image by the storage library, one of them the index it came by. */
function keptIndex(root: string, pulled: Pulled): string {
  const list: unknown = JSON.parse(readFileSync(join(root, "vfs-images", "images.json"), "utf8"));
  const images = list as { id: string; "big-data-digests": Record<string, string> }[];
  const image = images.find(({ id }) => `sha256:${id}` === pulled.id);
  const kept = Object.entries(image?.["big-data-digests"] ?? {})
    .filter(([name]) => name.startsWith("manifest-"))
    .map(([, digest]) => digest);
  const [index, ...more] = kept.filter((digest) => digest !== pulled.digest);
  if (index === undefined || more.length > 0) throw new Error(`kept manifests: ${kept.join()}`);
  return index;
}

function containersStorage(dialect: Dialect, options: ClientOptions): Client {
  const { registry, folder } = options;
  const own = join(folder, "containers.conf");
  writeFileSync(own, '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n');
  const storage = [
    ...["--root", join(folder, "root"), "--runroot", join(folder, "run")],
    ...["--storage-driver", "vfs"],
  ];
  // A registry's fame among blobs is remembered elsewhere otherwise, and layers are not uploaded.
  const env = { CONTAINERS_CONF: own, XDG_DATA_HOME: folder, TMPDIR: folder };
  const call: Call = (...argv) =>
    run([dialect.name, ...storage, ...argv], { env, cwd: folder, timeout: 8 * MINUTES });
  const insecure = "--tls-verify=false";
  const authFile = emptyAuthFile(folder);
  const first = firstCredentials(options);
  const logins = ["--authfile", authFile];
  let trust = [insecure, ...(first === undefined ? logins : ["--creds", first])];
  const full = (reference: string) => `${registry.host}/${reference}`;
  const digestFile = join(folder, "digest");
  const build = async (name: string, seed: string, shape: Shape, platform: readonly string[]) => {
    const context = join(folder, `context-${seed}`);
    writeBuildContext(context, seed, shape);
    await call(...dialect.build, "--layers", ...platform, "-t", name, context);
    return (await dialect.describe(call, name)).id;
  };
  return {
    name: dialect.name,
    login: async ({ username, password }) => {
      emptyAuthFile(folder);
      trust = [insecure, ...logins];
      const flags = [...trust, "-u", username, "--password-stdin", registry.host];
      await run([dialect.name, "login", ...flags], { env, cwd: folder, input: password });
    },
    logout: async () => {
      trust = [insecure, ...logins];
      await run([dialect.name, "logout", ...logins, registry.host], { env, cwd: folder });
    },
    makeImage: async (seed, shape) => {
      const name = `localhost/${seed}:made`;
      return { name, id: await build(name, seed, shape, []) };
    },
    push: async (image, reference) => {
      const target = `docker://${full(reference)}`;
      await call("push", ...trust, "--digestfile", digestFile, image.name, target);
      return digestIn(readFileSync(digestFile, "utf8"));
    },
    forget: async () => {
      await call(...REMOVE_ALL);
      const left = (await call("images", "-q")).stdout.trim();
      if (left !== "") throw new Error(`images are left after their removal: ${left}`);
    },
    pull: async (reference) => {
      await call("pull", ...trust, full(reference));
      return dialect.describe(call, full(reference));
    },
    pushIndex: async (seed, reference) => {
      const ids: Record<string, string> = {};
      const list = `localhost/${seed}:list`;
      await call("manifest", "create", list);
      for (const architecture of ARCHITECTURES) {
        const part = `localhost/${seed}-${architecture}:made`;
        const platform = ["--platform", `linux/${architecture}`];
        ids[architecture] = await build(part, `${seed}-${architecture}`, SMALL, platform);
        await call("manifest", "add", list, `containers-storage:${part}`);
      }
      const target = `docker://${full(reference)}`;
      const flags = ["--all", "--digestfile", digestFile];
      await call("manifest", "push", ...trust, ...flags, list, target);
      return { digest: digestIn(readFileSync(digestFile, "utf8")), ids };
    },
    pullFromIndex: async (reference, architecture) => {
      await call(...REMOVE_ALL);
      await call("pull", ...trust, "--platform", `linux/${architecture}`, full(reference));
      const pulled = await dialect.describe(call, full(reference));
      if (dialect.tellsIndex) return pulled;
      return { ...pulled, digest: keptIndex(join(folder, "root"), pulled) };
    },
    copy: async (from, to) => {
      await call("pull", ...trust, full(from));
      await call("push", ...trust, full(from), `docker://${full(to)}`);
    },
    close: async () => undefined,
  };
}

/** podman with images in its own vfs storage: nothing is mounted, nothing runs. */
export function podman(options: ClientOptions): Promise<Client> {
  return Promise.resolve(containersStorage(PODMAN, options));
}

/** buildah, likewise. */
export function buildah(options: ClientOptions): Promise<Client> {
  return Promise.resolve(containersStorage(BUILDAH, options));
}
