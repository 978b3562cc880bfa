import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, type CliOptions, entrepot } from "./cli.ts";
import { atTerminal } from "./terminal.ts";

setDefaultTimeout(60_000);

const ADA = { name: "ada", password: "ada has a long password" };

let registry: TestRegistry;
let folder = "";
beforeAll(async () => {
  registry = await startRegistry({
    accounts: [{ ...ADA, administrator: false }],
    projects: [{ name: "team" }],
  });
});
afterAll(() => registry.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-login-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const host = () => new URL(registry.url).host;
const home = () => ({ DOCKER_CONFIG: folder });
const run = (line: string, options: CliOptions = {}) =>
  entrepot(line.split(" "), { ...options, env: { ...home(), ...options.env } });
const kept = async () => JSON.parse(await readFile(join(folder, "config.json"), "utf8"));

/** What docker would send. */
async function dockers() {
  const { auth } = (await kept()).auths[host()];
  const [name = "", ...rest] = Buffer.from(auth, "base64").toString().split(":");
  return { name, password: rest.join(":") };
}

const login = (more = "", options: CliOptions = {}) =>
  run(`login ${registry.url} --user ada --password-stdin ${more}`.trim(), {
    input: `${ADA.password}\n`,
    ...options,
  });

describe("login", () => {
  test("keeps a token of its own, which every verb and docker use", async () => {
    const { code, err } = await login();
    expect(err).toBe(
      `${host()} knows ada. A token made for this machine is kept in ${folder}/config.json; your password is not.\n`,
    );
    expect(code).toBe(0);
    const { name, password } = await dockers();
    expect(name).toBe("ada");
    expect(password).toStartWith("ent_pat_");
    (await registry.as({ name, password }).get("/v2/")).expect(200);
    const { out } = await run(`project list --server ${registry.url} --json`);
    expect(JSON.parse(out)).toEqual({ items: [] });
    const tokens = await run(`token list --server ${registry.url}`);
    expect(tokens.out).toMatch(/\nlogin@\S+ +personal +active /);
    // Flags and environment come first.
    const env = as(registry.url, ADMIN);
    expect((await run("project list", { env })).out).toContain("team");
  });

  test("again leaves one token, and none after logout", async () => {
    await login();
    const first = await dockers();
    await login();
    const second = await dockers();
    expect(second.password).not.toBe(first.password);
    expect((await registry.as(first).get("/v2/")).status).toBe(401);
    const { code, err } = await run(`logout ${registry.url}`);
    expect({ code, err }).toEqual({ code: 0, err: `logged out of ${host()}\n` });
    expect((await kept()).auths).toEqual({});
    expect((await registry.as(second).get("/v2/")).status).toBe(401);
    expect((await run(`logout ${registry.url}`)).err).toBe(`there was no login of ${host()}\n`);
    expect((await run(`token list --server ${registry.url}`)).code).toBe(3);
  });

  test("keeps what it was given when told to, or when that is a token", async () => {
    await login("--keep-password");
    expect(await dockers()).toEqual(ADA);
    const made = await run(`token create laptop --server ${registry.url} --json`);
    const { secret } = JSON.parse(made.out);
    const again = await run(`login ${host()} --user ada --password-stdin`, { input: secret });
    expect(again.err).toContain("What you gave is kept");
    expect((await dockers()).password).toBe(secret);
    const file = join(folder, "token");
    await writeFile(file, secret);
    expect((await run(`login ${host()} --token-file ${file}`)).code).toBe(0);
    expect(await dockers()).toEqual({ name: "ada", password: secret });
    // It was not made by this login, and so is not ended by the logout.
    await run(`logout ${host()}`);
    (await registry.as({ name: "ada", password: secret }).get("/v2/")).expect(200);
  });

  test("keeps nothing that the server refuses", async () => {
    const { code, err } = await login("", { input: "wrong" });
    expect(code).toBe(3);
    expect(err).not.toBe("");
    expect(await kept().catch(() => "nothing")).toBe("nothing");
    expect((await run(`login ${registry.url}`)).code).toBe(2);
    expect((await run(`login ${registry.url} --user a:b`)).code).toBe(2);
    const gone = await run("login http://127.0.0.1:1 --user ada --password-stdin", { input: "x" });
    expect(gone.code).toBe(5);
  });

  test("works for robots, whose secret is kept as it is", async () => {
    const env = as(registry.url, ADMIN);
    const made = await entrepot(["robot", "create", "ci", "--project", "team"], { env });
    const { code } = await run(`login ${host()} --user robot+team+ci --password-stdin`, {
      input: made.out,
    });
    expect(code).toBe(0);
    expect((await dockers()).password).toBe(made.out.trim());
  });

  test("uses docker's credential helper", async () => {
    const bin = join(folder, "bin");
    await mkdir(bin);
    const helper = join(bin, "docker-credential-box");
    const script = `#!/bin/sh
input=$(cat)
case "$1" in
store) printf %s "$input" > "${folder}/kept" ;;
get) cat "${folder}/kept" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
erase) rm "${folder}/kept" ;;
esac
`;
    await writeFile(helper, script);
    await chmod(helper, 0o755);
    await writeFile(join(folder, "config.json"), '{"credsStore":"box"}');
    const env = { PATH: `${bin}:${process.env.PATH}` };
    expect((await login("", { env })).err).toContain("docker-credential-box");
    expect((await kept()).auths).toEqual({ [host()]: {} });
    expect((await run(`token list --server ${registry.url}`, { env })).out).toContain("login@");
    expect((await run(`logout ${host()}`, { env })).err).toBe(`logged out of ${host()}\n`);
    // Without its helper it is told of, and one is nobody.
    const lost = await run(`project list --server ${registry.url}`);
    expect(lost.err).toStartWith("warning: no login is read from docker-credential-box");
    expect((await login()).code).toBe(1);
  });

  test("says that what docker keeps may count on the wire alone", async () => {
    const auths = { [host()]: { auth: btoa("ada:"), identitytoken: "ent_ref_x" } };
    await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
    const { code, err } = await run(`token list --server ${registry.url}`);
    expect(code).toBe(3);
    expect(err).toContain(`entrepot login ${host()}`);
  });

  test("tells why a file of logins cannot be used, and leaves it alone", async () => {
    await writeFile(join(folder, "config.json"), "{");
    const { code, err } = await login();
    expect(code).toBe(1);
    expect(err).toContain(`${folder}/config.json cannot be used`);
    expect(await readFile(join(folder, "config.json"), "utf8")).toBe("{");
  });
});

describe("login at a terminal", () => {
  test("asks for the name and the password, and shows no password", async () => {
    const there = atTerminal(["login", host()], home());
    await there.shows("User name: ");
    there.type("ada\r");
    await there.shows("Password or token: ");
    there.type(`${ADA.password}\r`);
    await there.shows("knows ada");
    expect(await there.ended).toBe(0);
    expect(there.seen).not.toContain(ADA.password);
    expect((await dockers()).password).toStartWith("ent_pat_");
  });

  test("ends when nothing is answered", async () => {
    const there = atTerminal(["login", host(), "--user", "ada"], {
      ...home(),
      LANG: "zh_CN.UTF-8",
    });
    await there.shows("密码或令牌：");
    there.type("\u0003");
    expect(await there.ended).toBe(2);
  });
});

test("tables have colours at a terminal, and none where nobody wants them", async () => {
  const env = { ...as(registry.url, ADMIN), ...home() };
  const coloured = atTerminal(["project", "list"], env);
  expect(await coloured.ended).toBe(0);
  expect(coloured.seen).toContain("\u001b[1mNAME\u001b[0m");
  const plain = atTerminal(["project", "list"], { ...env, NO_COLOR: "1" });
  expect(await plain.ended).toBe(0);
  expect(plain.seen).toStartWith("NAME ");
});
