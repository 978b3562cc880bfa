import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
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
import { Layout, SMALL } from "./images.ts";

const MINUTES = 60_000;

/** How skopeo reaches the registry: without TLS, or trusting the authority in a folder. */
export interface SkopeoTrust {
  /** Folder with `ca.crt`. */
  readonly certificates?: string;
  /** Put before every command, such as one that enters a mount namespace. */
  readonly through?: readonly string[];
}

export interface Skopeo extends Client {
  inspectDigest(reference: string): Promise<string>;
  listTags(repository: string): Promise<string[]>;
  delete(reference: string): Promise<void>;
}

function sha256(path: string): string {
  return `sha256:${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}

/** What lies in a `dir:` folder: the manifest's digest, each blob re-hashed against its name. */
function readFolder(folder: string): Pulled {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const { config, layers } = manifest as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  const names = new Set(readdirSync(folder));
  for (const { digest } of [config, ...layers]) {
    const name = digest.replace("sha256:", "");
    if (!names.has(name)) throw new Error(`${digest} was not pulled`);
    if (sha256(join(folder, name)) !== digest) throw new Error(`${digest} holds other bytes`);
  }
  return { digest: sha256(join(folder, "manifest.json")), id: config.digest };
}

/** skopeo, copying an OCI layout to the registry and from there to a folder. */
export function skopeo(options: ClientOptions, trust: SkopeoTrust = {}): Promise<Skopeo> {
  const { registry, folder } = options;
  const layout = new Layout(join(folder, "layout"));
  const pulled = join(folder, "pulled");
  const authFile = emptyAuthFile(folder);
  let credentials = firstCredentials(options);
  const transport = (side: "src-" | "dest-" | "") =>
    trust.certificates ? [`--${side}cert-dir`, trust.certificates] : [`--${side}tls-verify=false`];
  const flags = (side: "src-" | "dest-" | "") => [
    ...transport(side),
    ...(credentials === undefined
      ? [`--${side}authfile`, authFile]
      : [`--${side}creds`, credentials]),
  ];
  const call = (...argv: readonly string[]) =>
    run([...(trust.through ?? []), "skopeo", ...argv], { timeout: 5 * MINUTES });
  const remote = (reference: string) => `docker://${registry.host}/${reference}`;
  const clear = () => rmSync(pulled, { recursive: true, force: true });
  const digestFile = join(folder, "digest");
  const push = async (tag: string, reference: string, ...more: readonly string[]) => {
    const source = `oci:${layout.folder}:${tag}`;
    const all = [...more, "--digestfile", digestFile];
    await call("copy", ...all, ...flags("dest-"), source, remote(reference));
    return digestIn(readFileSync(digestFile, "utf8"));
  };
  return Promise.resolve({
    name: "skopeo",
    login: async ({ username, password }) => {
      emptyAuthFile(folder);
      credentials = undefined;
      const who = ["-u", username, "--password-stdin", "--authfile", authFile, registry.host];
      const login = ["skopeo", "login", ...transport(""), ...who];
      await run([...(trust.through ?? []), ...login], { input: password });
    },
    logout: async () => {
      credentials = undefined;
      await call("logout", "--authfile", authFile, registry.host);
    },
    makeImage: async (seed, shape) => {
      const image = await layout.addImage(seed, seed, shape);
      return { name: seed, id: image.id };
    },
    push: (image, reference) => push(image.name, reference),
    forget: async () => clear(),
    pull: async (reference) => {
      clear();
      await call("copy", ...flags("src-"), remote(reference), `dir:${pulled}`);
      return readFolder(pulled);
    },
    pushIndex: async (seed, reference) => {
      const made = await layout.addIndex(seed, seed, SMALL);
      const digest = await push(seed, reference, "--all");
      if (digest !== made.index.digest) throw new Error(`skopeo changed the index to ${digest}`);
      const ids = Object.entries(made.images).map(([name, image]) => [name, image.id]);
      return { digest, ids: Object.fromEntries(ids) };
    },
    pullFromIndex: async (reference, architecture) => {
      clear();
      // All of the index, exactly as it is, and then the image of one platform out of it.
      await call("copy", "--all", ...flags("src-"), remote(reference), `dir:${pulled}`);
      const digest = sha256(join(pulled, "manifest.json"));
      clear();
      const platform = ["--override-os", "linux", "--override-arch", architecture];
      await call(...platform, "copy", ...flags("src-"), remote(reference), `dir:${pulled}`);
      return { digest, id: readFolder(pulled).id };
    },
    inspectDigest: async (reference) => {
      const format = ["--format", "{{.Digest}}"];
      return digestIn((await call("inspect", ...flags(""), ...format, remote(reference))).stdout);
    },
    listTags: async (repository) => {
      const { stdout } = await call("list-tags", ...flags(""), remote(repository));
      return (JSON.parse(stdout) as { Tags: string[] }).Tags;
    },
    delete: async (reference) => {
      await call("delete", ...flags(""), remote(reference));
    },
    copy: async (from, to) => {
      await call("copy", "--all", ...flags("src-"), ...flags("dest-"), remote(from), remote(to));
    },
    close: async () => undefined,
  });
}
