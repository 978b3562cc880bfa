/**
 * `bun scripts/image.ts [--executable PATH] [--output PATH] [--name NAME]`: makes the container
 * image with buildah from an executable, without a network and without a base image. Writes an
 * archive for `docker load`, `podman load` or `skopeo copy docker-archive:…`.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { run } from "./lib/run.ts";

const ROOT = join(import.meta.dir, "..");
const USER = "65532:65532";

/** What `deploy/Dockerfile` says after `FROM scratch`, for a tool that takes it as options. */
const SETTINGS = [
  `--user=${USER}`,
  "--env=ENTREPOT_SERVER_LISTEN=0.0.0.0:5000",
  "--env=ENTREPOT_DATA=/data",
  "--env=ENTREPOT_LOG_FORMAT=json",
  "--env=UV_THREADPOOL_SIZE=8",
  "--env=SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
  "--volume=/data",
  "--port=5000",
  "--healthcheck=CMD /usr/bin/entrepot health",
  "--healthcheck-interval=30s",
  "--healthcheck-timeout=5s",
  "--healthcheck-start-period=10s",
  '--entrypoint=["/usr/bin/entrepot"]',
  "--cmd=serve",
  `--label=org.opencontainers.image.version=${packageJson.version}`,
  `--label=org.opencontainers.image.licenses=${packageJson.license}`,
];

const { values } = parseArgs({
  options: {
    executable: { type: "string", default: join(ROOT, "dist/entrepot") },
    output: { type: "string", default: join(ROOT, "dist/entrepot-image.tar") },
    name: { type: "string", default: `localhost/entrepot:${packageJson.version}` },
  },
});
const executable = resolve(values.executable);
const output = resolve(values.output);
if (!existsSync(executable)) throw new Error(`${executable} is not there: run \`bun run build\``);

const work = await mkdtemp(join(tmpdir(), "entrepot-image-"));
try {
  const rootfs = join(work, "rootfs");
  await run(["sh", join(ROOT, "deploy/rootfs.sh"), executable, rootfs]);
  // A storage of its own: the images of this machine are not touched.
  const storage = ["--root", join(work, "root"), "--runroot", join(work, "run")];
  const buildah = (...args: string[]) =>
    run(["buildah", ...storage, "--storage-driver=vfs", ...args], { timeout: 300_000 });
  const container = (await buildah("from", "scratch")).stdout.trim();
  // An archive keeps owners and modes; a copied folder would belong to root, /data included.
  const archive = join(work, "rootfs.tar");
  const exact = ["--sort=name", "--mtime=@0", "--numeric-owner"];
  await run(["tar", ...exact, "-C", rootfs, "-cf", archive, "."]);
  await buildah("add", "--quiet", container, archive, "/");
  await buildah("config", ...SETTINGS, container);
  await mkdir(dirname(output), { recursive: true });
  await rm(output, { force: true });
  // Only this format carries a health check.
  await buildah(
    "commit",
    "--quiet",
    "--format=docker",
    "--timestamp=0",
    container,
    `docker-archive:${output}:${values.name}`,
  );
  await buildah("rm", container);
} finally {
  await rm(work, { recursive: true, force: true });
}
console.log(`${output}: ${values.name}`);
