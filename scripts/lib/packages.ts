import { existsSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { attempt, run } from "./run.ts";

const CONFORMANCE_MODULE = "github.com/opencontainers/distribution-spec/conformance";
export const CONFORMANCE_COMMIT = "967efdc079b9";
/** The module's version in Go's form; `go install` of the short commit resolves to the same. */
const CONFORMANCE_VERSION = `v0.0.0-20260716174315-${CONFORMANCE_COMMIT}`;
const GO_MINIMUM = [1, 24] as const;

/** A real directory server, and its tools. */
export const DIRECTORY_PACKAGES = ["slapd", "ldap-utils"];
/** A real browser, and what it writes Chinese with. */
export const BROWSER_PACKAGES = ["chromium", "fonts-noto-cjk"];

/** The place that Python's packages are installed into; a proxy, a clock that goes wrong, shells, another registry. */
export const AUTOMATION_PACKAGES = [
  "python3",
  "python3-venv",
  "nginx-light",
  "faketime",
  "zsh",
  "fish",
  "docker-registry",
];
const ANSIBLE = "ansible-core==2.19.14";

const PROJECT = join(import.meta.dir, "..", "..");

/** Whether an executable of that name stands on the PATH (or in the folders only root has there). */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  for (const folder of folders.filter((folder) => folder !== "")) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder: look in the next one.
    }
  }
  return undefined;
}

async function isInstalled(name: string): Promise<boolean> {
  const asked = await attempt(["dpkg-query", "--status", name]);
  return asked.code === 0 && asked.stdout.includes("\nStatus: install ok installed\n");
}

/**
 * Makes sure that these Debian packages are installed, installing what is missing.
 * Throws with the list and the reason when that cannot be done: nothing is skipped in silence.
 */
export async function ensurePackages(...names: readonly string[]): Promise<void> {
  if ((await findProgram("dpkg-query")) === undefined) {
    throw new Error(`This needs Debian or one of its kin; the packages are: ${names.join(", ")}`);
  }
  const missing: string[] = [];
  for (const name of names) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(`Packages are missing; as root: apt-get install ${missing.join(" ")}`);
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  const first = await attempt(install, { env, timeout: 900_000 });
  if (first.code === 0) return;
  // The lists may be old or were never fetched: once more with new ones.
  await run(["apt-get", "update"], { env, timeout: 300_000 });
  await run(install, { env, timeout: 900_000 });
}

/** The path of a Go tool chain of at least 1.24, or a throw that says what is missing. */
export async function ensureGo(): Promise<string> {
  const wanted = GO_MINIMUM.join(".");
  const path = await findProgram("go");
  if (path === undefined) throw new Error(`Go ${wanted} or newer has to be on the PATH`);
  const { stdout } = await run([path, "env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } });
  const [, major = "0", minor = "0"] = /^go(\d+)\.(\d+)/.exec(stdout) ?? [];
  const version = [Number(major), Number(minor)] as const;
  if (version[0] < GO_MINIMUM[0] || (version[0] === GO_MINIMUM[0] && version[1] < GO_MINIMUM[1])) {
    throw new Error(`Go ${wanted} or newer has to be on the PATH; ${path} is ${stdout.trim()}`);
  }
  return path;
}

/** Throws unless the binary says of itself that it is the suite, built from the pinned commit. */
async function provenSuite(go: string, binary: string): Promise<string> {
  const { stdout } = await run([go, "version", "-m", binary]);
  const isSuite = stdout.includes(`path\t${CONFORMANCE_MODULE}\n`);
  const isPinned = stdout.includes(CONFORMANCE_COMMIT) && !stdout.includes("vcs.modified=true");
  if (isSuite && isPinned) return binary;
  throw new Error(`${binary} is not ${CONFORMANCE_MODULE} at ${CONFORMANCE_COMMIT}:\n${stdout}`);
}

/**
 * The path of the OCI distribution conformance suite at the pinned commit. It is built once by
 * Go's own means and kept below `.cache/`; `CONFORMANCE_SUITE` may name a binary that
 * was built elsewhere from the same commit (where the module proxy does not serve it).
 */
export async function ensureConformance(): Promise<string> {
  const go = await ensureGo();
  const given = process.env.CONFORMANCE_SUITE;
  if (given) return provenSuite(go, given);
  const folder = join(PROJECT, ".cache", `conformance-${CONFORMANCE_COMMIT}`);
  const binary = join(folder, "conformance");
  if ((await attempt([go, "version", "-m", binary])).code !== 0) {
    await mkdir(folder, { recursive: true });
    await run([go, "install", `${CONFORMANCE_MODULE}@${CONFORMANCE_VERSION}`], {
      env: { GOBIN: folder, GOFLAGS: "" },
      timeout: 600_000,
    });
  }
  return provenSuite(go, binary);
}

/** The path of `ansible-playbook`, installed once below `.cache/` from the index that pip uses. */
export async function ensureAnsible(): Promise<string> {
  const folder = join(PROJECT, ".cache", ANSIBLE.replace("==", "-"));
  const binary = join(folder, "bin", "ansible-playbook");
  if (existsSync(binary) && (await attempt([binary, "--version"])).code === 0) return binary;
  await run(["python3", "-m", "venv", "--clear", folder], { timeout: 300_000 });
  const pip = [join(folder, "bin", "pip"), "install", "--quiet", "--no-input", ANSIBLE];
  await run(pip, { timeout: 600_000 });
  return binary;
}
