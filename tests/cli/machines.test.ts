import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Idp, startIdp } from "../support/idp.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, type CliOptions, entrepot } from "./cli.ts";

let registry: TestRegistry;
let idp: Idp;
beforeAll(async () => {
  idp = await startIdp();
  registry = await startRegistry({
    projects: [{ name: "team" }],
    settings: { "outbound.allow": "127.0.0.1" },
  });
});
afterAll(async () => {
  await registry.close();
  await idp.close();
});

const admin = (line: string, options: CliOptions = {}) =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), ...options });

async function signsIn(name: string, password: string): Promise<boolean> {
  return (await registry.as({ name, password }).get("/v2/")).status === 200;
}

describe("robot", () => {
  test("is made, shown, rotated, disabled and deleted by its name", async () => {
    const made = await admin(
      "robot create ci --project team --limit pull,push@team/** --expires 9d",
    );
    const first = made.out.trim();
    expect(made.out).toMatch(/^ent_rob_\w+\n$/);
    expect(made.err).toContain(
      `docker login -u robot+team+ci --password-stdin ${new URL(registry.url).host}\n`,
    );
    expect(await signsIn("robot+team+ci", first)).toBe(true);
    for (const name of ["robot+team+ci", "ci --project team", "robot+team+ci --project team"]) {
      expect((await admin(`robot show ${name}`)).out).toMatch(/^Name +robot\+team\+ci\n/);
    }
    expect((await admin("robot show ci")).code).toBe(4);
    const second = (await admin("robot rotate robot+team+ci --overlap 1h")).out.trim();
    expect(await signsIn("robot+team+ci", first)).toBe(true);
    expect(await signsIn("robot+team+ci", second)).toBe(true);
    expect((await admin("robot show robot+team+ci")).out.match(/\nsecret /g)).toHaveLength(2);
    const third = (await admin("robot rotate robot+team+ci --overlap 0")).out.trim();
    expect(await signsIn("robot+team+ci", second)).toBe(false);
    await admin("robot disable robot+team+ci");
    expect(await signsIn("robot+team+ci", third)).toBe(false);
    await admin("robot enable robot+team+ci");
    expect(await signsIn("robot+team+ci", third)).toBe(true);
    expect((await admin("robot list --project team")).out).toContain("robot+team+ci");
    expect((await admin("robot delete robot+team+ci")).code).toBe(0);
    expect(await signsIn("robot+team+ci", third)).toBe(false);
    expect((await admin("robot create ci --limit nonsense")).code).toBe(2);
  });

  test("as JSON has the secret among the rest", async () => {
    const { out, err } = await admin("robot create system --json");
    expect(err).toBe("");
    const { name, secret } = JSON.parse(out);
    expect(await signsIn(name, secret)).toBe(true);
  });
});

describe("trust", () => {
  test("a rule is made by a template of the server's or by terms, switched and deleted", async () => {
    await admin("robot create builder --project team");
    const where = "--project team --robot builder";
    const terms = `--issuer ${idp.issuer} --audience registry.example.com --subject job:*`;
    expect((await admin(`trust create nothing ${where}`)).err).toContain("--issuer");
    const made = await admin(`trust create own ${where} ${terms} --condition claims.n==1`);
    expect(made.out).toMatch(/Condition +claims\.n==1\n/);
    const set = `registry=r.example issuer=${idp.issuer} namespace=ci account=bot`;
    const templated = await admin(`trust create kube ${where} --template kubernetes --set ${set}`);
    expect(templated.out).toMatch(/Subject +system:serviceaccount:ci:bot\n/);
    expect((await admin(`trust create x ${where} --template kubernetes`)).code).toBe(2);
    expect((await admin(`trust create x ${where} --template none`)).code).toBe(4);
    expect((await admin("trust disable kube --project team")).out).toMatch(/Enabled +no\n/);
    expect((await admin("trust enable kube --project team")).out).toMatch(/Enabled +yes\n/);
    expect((await admin("trust list --project team")).out).toMatch(/\nkube +robot\+team\+builder/);
    expect((await admin("trust delete kube --project team")).code).toBe(0);
    expect((await admin("trust show kube --project team")).code).toBe(4);
    expect((await admin("trust templates", { language: "zh" })).out).toContain("服务账户");
  });

  test("its workload gets a login password without any secret of its own", async () => {
    await admin("robot create deployer --project team");
    const terms = `--issuer ${idp.issuer} --audience registry.example.com --subject job:*`;
    const made = await admin(
      `trust create deploys --project team --robot deployer ${terms} --json`,
    );
    const token = await idp.mint({ aud: "registry.example.com", sub: "job:7" });
    const file = join(registry.folder, "token");
    await Bun.write(file, `${token}\n`);
    const env = { ENTREPOT_SERVER: registry.url };
    const argv = [
      "login-password",
      "--workload-token",
      file,
      "--rule",
      JSON.parse(made.out).id,
      "--ttl",
      "10m",
    ];
    const { code, out, err } = await entrepot(argv, { env });
    expect(err).toContain("docker login -u robot+team+deployer --password-stdin");
    expect(code).toBe(0);
    expect(out).toMatch(/^ent_wkl_\w+\n$/);
    expect(await signsIn("robot+team+deployer", out.trim())).toBe(true);
    const other = await idp.mint({ aud: "registry.example.com", sub: "other" });
    const refused = await entrepot(["login-password", "--workload-token", "-"], {
      env,
      input: other,
    });
    expect(refused.code).toBe(3);
    expect(refused.out).toBe("");
  });
});

describe("login-password", () => {
  test("prints the secret alone", async () => {
    const { code, out, err } = await admin("login-password --ttl 1h");
    expect(code).toBe(0);
    expect(out).toMatch(/^ent_log_\w+\n$/);
    expect(err).toContain("docker login -u admin --password-stdin");
    expect(await signsIn("admin", out.trim())).toBe(true);
  });

  test.each([
    ["nobody", {}, "login-password", 3],
    ["a time that is none", null, "login-password --ttl 1", 2],
    ["a time that is too long", null, "login-password --ttl 90d", 1],
    ["a file that is not there", null, "login-password --workload-token /nonexistent", 2],
  ] as const)("is refused to %s", async (_, env, line, code) => {
    const server = { ENTREPOT_SERVER: registry.url };
    const ran = await admin(line, env === null ? {} : { env: { ...server, ...env } });
    expect(ran).toMatchObject({ code, out: "" });
  });
});

describe("provider", () => {
  test("is listed, and tested only where there is something to test", async () => {
    expect((await admin("provider list")).out).toMatch(/\nlocal +local +local\n/);
    expect((await admin("provider test local")).code).toBe(4);
  });
});
