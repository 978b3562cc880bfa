import type { Environment } from "../../config/env-source.ts";
import { Secret } from "../../kernel/secret.ts";
import {
  dockerFile,
  type Loose,
  objectAt,
  readDockerFile,
  textAt,
  writeDockerFile,
} from "./docker-file.ts";
import { LoginsFault } from "./fault.ts";
import { askHelper, clearHelper, type Setting, tellHelper } from "./helper.ts";

/** What is kept for a registry. */
export type Login = (
  | { readonly kind: "password"; readonly name: string; readonly password: Secret }
  /** A refresh token that docker got: it counts at the registry's token service and nowhere else. */
  | { readonly kind: "identity"; readonly token: Secret }
  /** What no client can read. */
  | { readonly kind: "damaged" }
) & {
  /** The file or the helper that keeps it. */
  readonly origin: string;
};

/** The name that stands where an identity token is kept in the place of a password. */
const TOKEN_NAME = "<token>";

/** How clients have spelled a registry as a key. */
function keysOf(place: string): string[] {
  const spelled = ["", "/", "/v1/", "/v2/", "/v1", "/v2"];
  const schemes = ["", "https://", "http://"];
  return schemes.flatMap((scheme) => spelled.map((rest) => `${scheme}${place}${rest}`));
}

/** The helper that keeps the login of `place`; undefined where the file itself does. */
function helperOf(content: Loose, place: string): string | undefined {
  return textAt(objectAt(content, "credHelpers"), place) ?? textAt(content, "credsStore");
}

function loginOf(entry: Loose, origin: string): Login | undefined {
  const identity = textAt(entry, "identitytoken");
  if (identity !== undefined) return { kind: "identity", token: new Secret(identity), origin };
  const auth = textAt(entry, "auth");
  if (auth === undefined) {
    const [name, password] = [textAt(entry, "username"), textAt(entry, "password")];
    if (name === undefined || password === undefined) return undefined;
    return { kind: "password", name, password: new Secret(password), origin };
  }
  const pair = Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "");
  const at = pair.indexOf(":");
  if (at <= 0) return { kind: "damaged", origin };
  const password = new Secret(pair.slice(at + 1));
  return { kind: "password", name: pair.slice(0, at), password, origin };
}

/** What a file of logins, or the helper that it names, keeps for `place`. Throws `LoginsFault`. */
export async function loginIn(
  path: string,
  place: string,
  setting: Setting,
): Promise<Login | undefined> {
  const content = await readDockerFile(path);
  const helper = helperOf(content, place);
  if (helper !== undefined) {
    const found = await askHelper(helper, place, setting);
    if (found !== undefined) {
      const origin = `docker-credential-${helper}`;
      return found.name === TOKEN_NAME
        ? { kind: "identity", token: found.secret, origin }
        : { kind: "password", name: found.name, password: found.secret, origin };
    }
  }
  const auths = objectAt(content, "auths");
  for (const key of keysOf(place)) {
    const found = loginOf(objectAt(auths, key), path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What docker keeps for the registry at `place` (`host[:port]`). Throws `LoginsFault`. */
export async function findLogin(env: Environment, place: string): Promise<Login | undefined> {
  const path = dockerFile(env);
  return path === undefined ? undefined : await loginIn(path, place, { env });
}

function pathIn(env: Environment): string {
  const path = dockerFile(env);
  if (path !== undefined) return path;
  throw new LoginsFault("homeless", "HOME", "neither HOME nor DOCKER_CONFIG is set");
}

/** Keeps a name and password as docker would; gives the file or the helper. Throws `LoginsFault`. */
export async function keepLogin(
  env: Environment,
  place: string,
  { name, password }: { readonly name: string; readonly password: Secret },
): Promise<string> {
  const path = pathIn(env);
  const content = await readDockerFile(path);
  const helper = helperOf(content, place);
  const pair = `${name}:${password.reveal()}`;
  const entry = helper === undefined ? { auth: Buffer.from(pair, "utf8").toString("base64") } : {};
  if (helper !== undefined) await tellHelper(helper, place, { name, secret: password }, env);
  // A helper's registries are listed too: that is how docker knows what it is logged in to.
  const auths = { ...without(objectAt(content, "auths"), keysOf(place)), [place]: entry };
  await writeDockerFile(path, { ...content, auths });
  return helper === undefined ? path : `docker-credential-${helper}`;
}

function without(of: Loose, keys: readonly string[]): Loose {
  return Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key)));
}

/** Forgets what is kept for `place`; whether there was anything. Throws `LoginsFault`. */
export async function dropLogin(env: Environment, place: string): Promise<boolean> {
  const path = dockerFile(env);
  if (path === undefined) return false;
  const content = await readDockerFile(path);
  const helper = helperOf(content, place);
  let wasThere = false;
  if (helper !== undefined) {
    wasThere = (await askHelper(helper, place, { env })) !== undefined;
    if (wasThere) await clearHelper(helper, place, env);
  }
  const auths = objectAt(content, "auths");
  const left = without(auths, keysOf(place));
  if (Object.keys(left).length === Object.keys(auths).length) return wasThere;
  await writeDockerFile(path, { ...content, auths: left });
  return true;
}
