import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../config/env-source.ts";
import { Secret } from "../../kernel/secret.ts";
import { LoginsFault } from "./fault.ts";
import { dropLogin, findLogin, keepLogin } from "./logins.ts";

const PLACE = "registry.example.com:5000";
const ADA = { name: "ada", password: new Secret("pass:word ü") };

let folder = "";
let env: Environment = {};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "logins-"));
  env = { DOCKER_CONFIG: folder, PATH: `${folder}/bin:${process.env.PATH}`, KEPT: folder };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => join(folder, "config.json");
const write = (content: unknown) => writeFile(file(), JSON.stringify(content));
const written = async () => JSON.parse(await readFile(file(), "utf8"));

/** A helper as docker's are: keeps each registry in a file, and its arguments in a log. */
async function makeHelper(name: string, body?: string): Promise<void> {
  await mkdir(join(folder, "bin"), { recursive: true });
  const path = join(folder, "bin", `docker-credential-${name}`);
  const usual = `echo "$@" >> "$KEPT/arguments"
input=$(cat)
case "$1" in
store) printf %s "$input" > "$KEPT/kept" ;;
get) if [ -f "$KEPT/kept" ]; then cat "$KEPT/kept"; else echo "credentials not found in native keychain"; exit 1; fi ;;
erase) rm "$KEPT/kept" ;;
esac`;
  await writeFile(path, `#!/bin/sh\n${body ?? usual}\n`);
  await chmod(path, 0o755);
}

async function revealed(place = PLACE) {
  const found = await findLogin(env, place);
  if (found?.kind === "password") return `${found.name} ${found.password.reveal()}`;
  return found?.kind === "identity" ? found.token.reveal() : found?.kind;
}

async function faultOf(promise: Promise<unknown>): Promise<LoginsFault> {
  const fault = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(fault instanceof LoginsFault)) throw new Error("no fault", { cause: fault });
  return fault;
}

describe("logins in docker's file", () => {
  test("are kept beside what else is there, for their owner alone", async () => {
    const rest = { HttpHeaders: { a: "b" }, auths: { "other.example": { auth: "x" } } };
    await write(rest);
    await chmod(file(), 0o644);
    expect(await keepLogin(env, PLACE, ADA)).toBe(file());
    expect(await written()).toEqual({
      ...rest,
      auths: {
        ...rest.auths,
        [PLACE]: { auth: Buffer.from("ada:pass:word ü").toString("base64") },
      },
    });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await revealed()).toBe("ada pass:word ü");
    expect(await dropLogin(env, PLACE)).toBe(true);
    expect(await written()).toEqual(rest);
    expect(await dropLogin(env, PLACE)).toBe(false);
    expect(await revealed()).toBeUndefined();
  });

  test("are kept where there was no file, and through a link", async () => {
    const home = { HOME: join(folder, "home") };
    const path = join(folder, "home/.docker/config.json");
    expect(await keepLogin(home, PLACE, ADA)).toBe(path);
    expect((await stat(join(folder, "home/.docker"))).mode & 0o777).toBe(0o700);
    await symlink(path, file());
    await keepLogin(env, "second.example", ADA);
    expect(Object.keys(JSON.parse(await readFile(path, "utf8")).auths)).toHaveLength(2);
  });

  test.each([
    [{ [PLACE]: { auth: btoa("ada:x\0\0") } }, "ada x"],
    [{ [`https://${PLACE}`]: { auth: btoa("ada:x") } }, "ada x"],
    [{ [`https://${PLACE}/v1/`]: { username: "ada", password: "x" } }, "ada x"],
    [{ [PLACE]: { auth: btoa("ada:"), identitytoken: "ent_ref_x" } }, "ent_ref_x"],
    [{ [PLACE]: { auth: btoa("nothing") } }, "damaged"],
    [{ [PLACE]: { auth: 7 } }, undefined],
    [{ "example.com": { auth: btoa("ada:x") } }, undefined],
    [[], undefined],
  ])("%j", async (auths, found) => {
    await write({ auths });
    expect(await revealed()).toBe(found);
  });

  test("a broken file is told of and never written over", async () => {
    for (const text of ["{", "[]", "null"]) {
      await writeFile(file(), text);
      expect((await faultOf(findLogin(env, PLACE))).kind).toBe("file");
      expect((await faultOf(keepLogin(env, PLACE, ADA))).at).toBe(file());
      expect(await readFile(file(), "utf8")).toBe(text);
    }
  });

  test("without a home nothing is found, and nothing kept", async () => {
    expect(await findLogin({}, PLACE)).toBeUndefined();
    expect(await dropLogin({}, PLACE)).toBe(false);
    expect((await faultOf(keepLogin({}, PLACE, ADA))).kind).toBe("homeless");
  });
});

describe("logins in a credential helper", () => {
  test.each([{ credsStore: "box" }, { credHelpers: { [PLACE]: "box" }, credsStore: "none" }])(
    "%j",
    async (content) => {
      await makeHelper("box");
      await write(content);
      expect(await revealed()).toBeUndefined();
      expect(await keepLogin(env, PLACE, ADA)).toBe("docker-credential-box");
      expect(await written()).toEqual({ ...content, auths: { [PLACE]: {} } });
      expect(await revealed()).toBe("ada pass:word ü");
      expect(await dropLogin(env, PLACE)).toBe(true);
      expect(await revealed()).toBeUndefined();
      expect(await dropLogin(env, PLACE)).toBe(false);
      expect(await written()).toEqual({ ...content, auths: {} });
      // A secret is never an argument: every user of the machine reads those.
      expect(await readFile(join(folder, "arguments"), "utf8")).not.toContain("pass:word");
    },
  );

  test("an identity token is told apart", async () => {
    await makeHelper("box", 'echo \'{"Username":"<token>","Secret":"ent_ref_x"}\'');
    await write({ credsStore: "box" });
    expect(await findLogin(env, PLACE)).toMatchObject({ kind: "identity" });
  });

  test.each([
    ["echo locked; exit 1", "locked"],
    ["exit 3", "exit code 3"],
    ["echo nonsense", "it answers no JSON"],
    ["echo null", "it answers no login"],
    ['echo \'{"Username":"a"}\'', "it answers no login"],
    ["yes", "it says too much"],
  ])("one that does %j is told of", async (body, why) => {
    await makeHelper("box", body);
    await write({ credsStore: "box" });
    const fault = await faultOf(findLogin(env, PLACE));
    expect(fault.kind).toBe("helper");
    expect(fault.message).toBe(why);
  });

  test("one that is not there, or has no name, is told of", async () => {
    for (const credsStore of ["nowhere", "../../bin/sh", "-x"]) {
      await write({ credsStore });
      expect((await faultOf(keepLogin(env, PLACE, ADA))).kind).toBe("helper");
      expect(await written()).toEqual({ credsStore });
    }
  });
});
