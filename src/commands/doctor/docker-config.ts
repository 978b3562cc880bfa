import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../../config/env-source.ts";
import type { Login } from "./patient.ts";
import { reasonOf } from "./wire.ts";

/** What a client's own file says about a registry. */
export type Stored =
  | { readonly kind: "login"; readonly login: Login }
  /** An identity token in the place of a password: only its own kind of login takes it. */
  | { readonly kind: "identity"; readonly token: string; readonly origin: string }
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly file: string; readonly why: string }
  | { readonly kind: "helper"; readonly helper: string; readonly why: string };

const HELPER = /^[A-Za-z0-9._-]{1,64}$/;
const HELPER_DEADLINE = 10_000;

interface Entry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
}

interface Config {
  readonly auths?: Readonly<Record<string, Entry>>;
  readonly credHelpers?: Readonly<Record<string, unknown>>;
  readonly credsStore?: unknown;
}

/** The files that clients keep logins in, the usual one first. */
export function configFiles(env: Environment): string[] {
  const home = env.HOME ?? "";
  const docker = env.DOCKER_CONFIG ?? (home === "" ? "" : join(home, ".docker"));
  const runtime = env.XDG_RUNTIME_DIR ?? "";
  const files = [
    docker === "" ? "" : join(docker, "config.json"),
    env.REGISTRY_AUTH_FILE ?? (runtime === "" ? "" : join(runtime, "containers/auth.json")),
  ];
  return files.filter((each) => each !== "");
}

/** The spellings under which clients have kept a registry. */
function keysOf(place: string): string[] {
  return [
    place,
    `https://${place}`,
    `http://${place}`,
    `https://${place}/v2/`,
    `https://${place}/v1/`,
  ];
}

function loginOf(entry: Entry, origin: string): Stored {
  const { auth, username, password, identitytoken } = entry;
  if (typeof identitytoken === "string" && identitytoken !== "") {
    return { kind: "identity", token: identitytoken, origin };
  }
  if (typeof auth === "string" && auth !== "") {
    const pair = Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "");
    const at = pair.indexOf(":");
    const login = { name: pair.slice(0, at), password: pair.slice(at + 1), origin };
    if (at > 0) return { kind: "login", login };
    return { kind: "unreadable", file: origin, why: "auth" };
  }
  if (typeof username === "string" && typeof password === "string") {
    return { kind: "login", login: { name: username, password, origin } };
  }
  return { kind: "none" };
}

/** Asks a credential helper as docker does: the registry on its standard input. */
function askHelper(helper: string, place: string, env: Environment): Promise<Stored> {
  const program = `docker-credential-${helper}`;
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: HELPER_DEADLINE, maxBuffer: 1 << 20 };
    const child = execFile(program, ["get"], options, (error, stdout) => {
      if (error !== null) {
        const said = `${stdout}`.trim();
        if (/not found/i.test(said)) resolve({ kind: "none" });
        else
          resolve({ kind: "helper", helper: program, why: said === "" ? reasonOf(error) : said });
        return;
      }
      try {
        const { Username, Secret } = JSON.parse(stdout) as Record<string, unknown>;
        if (typeof Username !== "string" || typeof Secret !== "string") throw new Error("no login");
        const isToken = Username === "<token>";
        const login = { name: Username, password: Secret, origin: program };
        resolve(
          isToken ? { kind: "identity", token: Secret, origin: program } : { kind: "login", login },
        );
      } catch (fault) {
        resolve({ kind: "helper", helper: program, why: reasonOf(fault) });
      }
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(place);
  });
}

async function storedIn(file: string, place: string, env: Environment): Promise<Stored> {
  let config: Config;
  try {
    config = JSON.parse(await readFile(file, "utf8")) as Config;
  } catch (error) {
    const why = reasonOf(error);
    return why === "ENOENT" ? { kind: "none" } : { kind: "unreadable", file, why };
  }
  const helper = config.credHelpers?.[place] ?? config.credsStore;
  if (typeof helper === "string" && helper !== "") {
    if (!HELPER.test(helper)) return { kind: "helper", helper, why: "name" };
    const found = await askHelper(helper, place, env);
    if (found.kind !== "none") return found;
  }
  for (const key of keysOf(place)) {
    const entry = config.auths?.[key];
    if (typeof entry !== "object" || entry === null) continue;
    const found = loginOf(entry, file);
    if (found.kind !== "none") return found;
  }
  return { kind: "none" };
}

/** What the clients of this machine would log in with; the first of their files that knows. */
export async function storedLogin(env: Environment, place: string): Promise<Stored> {
  for (const file of configFiles(env)) {
    const found = await storedIn(file, place, env);
    if (found.kind !== "none") return found;
  }
  return { kind: "none" };
}
