import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, type CliOptions, entrepot } from "./cli.ts";

const ADA = { name: "ada", password: "ada has a long password" };

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ accounts: [{ ...ADA, administrator: false }] });
});
afterAll(() => registry.close());

const admin = (line: string, options: CliOptions = {}) =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), ...options });

describe("project", () => {
  test("is made, changed, deleted and restored", async () => {
    expect((await admin("project create web --public")).out).toMatch(/Public +yes\n/);
    expect((await admin("project create web")).code).toBe(1);
    const closed = await admin("project update web --private --network 10.0.0.0/8 127.0.0.0/8");
    expect(closed.out).toMatch(/Public +no\n/);
    expect(closed.out).toMatch(/Networks +10\.0\.0\.0\/8, 127\.0\.0\.0\/8\n/);
    expect((await admin("project update web --any-network")).out).toMatch(/Networks +-\n/);
    expect((await admin("project update web --public --private")).code).toBe(2);
    expect((await admin("project update web --any-network --network 10.0.0.0/8")).code).toBe(2);
    expect((await admin("project list --name we")).out).toMatch(/\nweb +no/);
    expect((await admin("project delete web")).err).toBe("deleted web\n");
    expect((await admin("project show web")).code).toBe(4);
    expect((await admin("project deleted")).out).toContain("web");
    expect((await admin("project restore web")).code).toBe(0);
    expect((await admin("project show web --json")).out).toContain('"name": "web"');
  });

  test("members are granted and revoked by name", async () => {
    await admin("project create team");
    await admin("group create makers");
    await admin("robot create ci --project team");
    const given = await admin("project grant team ada developer --tags v* --expires 2031-01-31");
    expect(given.out).toMatch(/Tags +v\*\n/);
    expect(given.out).toMatch(/Expires +2031-01-31T00:00:00Z\n/);
    await admin("project grant team group:makers guest --repositories app/*");
    await admin("project grant team robot+team+ci maintainer");
    await admin("project grant team authenticated guest");
    const { out } = await admin("project members team");
    for (const who of ["ada", "group:makers", "robot\\+team\\+ci", "authenticated"]) {
      expect(out).toMatch(new RegExp(`\n${who} `));
    }
    expect((await admin("project revoke team ada --role guest")).code).toBe(4);
    expect((await admin("project revoke team ada --role developer")).code).toBe(0);
    expect((await admin("project revoke team ada")).code).toBe(4);
    expect((await admin("project revoke team group:makers")).code).toBe(0);
    const [{ id }] = JSON.parse((await admin("project members team --json")).out).items;
    expect((await admin(`project revoke team ${id}`)).err).toBe(`revoked ${id}\n`);
    expect((await admin("project grant team nobody guest")).code).toBe(4);
    expect((await admin("project grant team ada nonsense")).code).toBe(4);
    expect((await admin("project grant team ada guest --expires soon")).code).toBe(2);
  });

  test("whoever runs a project gives roles to people by name or by id", async () => {
    await admin("project create own");
    await admin("project grant own ada project-administrator");
    await admin("user create bea");
    const { id } = JSON.parse((await admin("user show bea --json")).out);
    const env = as(registry.url, ADA);
    const run = (line: string) => entrepot(line.split(" "), { env });
    // Though they may not list accounts.
    expect((await run("user list")).code).toBe(3);
    expect((await run("project grant own bea developer")).out).toMatch(/Who +bea\n/);
    expect((await run("project grant own nobody guest")).code).toBe(4);
    expect((await run(`project grant own ${id} guest`)).out).toMatch(/Who +bea\n/);
    expect((await run("project revoke own bea")).code).toBe(0);
  });
});

describe("role", () => {
  test("of a project is made, given and deleted", async () => {
    await admin("project create roles");
    const made = await admin(
      "role create pusher --permission repository:pull repository:push --project roles",
    );
    expect(made.out).toMatch(/Permissions +repository:pull, repository:push\n/);
    expect((await admin("role list --project roles")).out).toContain("pusher");
    expect((await admin("role list")).out).not.toContain("pusher");
    expect((await admin("project grant roles ada pusher")).out).toMatch(/Role +pusher\n/);
    expect((await admin("role delete pusher --project roles")).code).toBe(1);
    expect((await admin("project revoke roles ada --role pusher")).code).toBe(0);
    const changed = await admin("role update pusher --project roles --second-factor");
    expect(changed.out).toMatch(/Needs second factor +yes\n/);
    expect(changed.out).toMatch(/Permissions +repository:pull, repository:push\n/);
    expect((await admin("role delete pusher --project roles")).code).toBe(0);
    expect((await admin("role show pusher --project roles")).code).toBe(4);
    expect((await admin("role show developer", { language: "zh" })).out).toMatch(/标题 +开发/);
    expect((await admin("role permissions")).out).toContain("repository:pull\n");
  });
});

describe("access", () => {
  test("explain tells why, and ends with 0 or 1", async () => {
    await admin("project create why");
    const ask = "access explain --as ada --action push --on why/app:latest";
    const refused = await admin(ask);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^refused: ada may not repository:push/);
    expect(refused.out).toMatch(/\nbindings +refuses/);
    await admin("project grant why ada developer --tags v*");
    expect((await admin(ask)).out).toMatch(/\ndeveloper +\S.* project +tag /);
    const allowed = await admin(ask.replace("latest", "v1"), { language: "zh" });
    expect(allowed.code).toBe(0);
    expect(allowed.out).toMatch(/^允许：ada /);
    const json = await admin(`${ask} --json`);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ allowed: false, reason: "tag" });
    expect((await admin("access explain --as anonymous --action pull --on why/app")).code).toBe(1);
    expect((await admin("access explain --action project:delete --on project:why")).code).toBe(0);
    expect((await admin("access explain --as nobody --action pull --on why/app")).code).toBe(4);
    expect((await admin("access explain --action fly --on why/app")).code).toBe(2);
    expect((await admin("access explain --action pull")).code).toBe(2);
  });

  test("of others is only for those who may know", async () => {
    const env = as(registry.url, ADA);
    const ask = ["access", "explain", "--action", "system:read", "--on", "registry"];
    expect((await entrepot(ask, { env })).out).toStartWith("refused: ");
    expect((await entrepot([...ask, "--as", "admin"], { env })).code).toBe(3);
  });

  test("grant and revoke give roles in the whole installation", async () => {
    expect((await admin("access grant ada auditor")).code).toBe(0);
    expect((await admin("access members")).out).toMatch(/\nada +auditor/);
    const env = as(registry.url, ADA);
    expect((await entrepot(["user", "list"], { env })).code).toBe(0);
    expect((await admin("access revoke ada")).code).toBe(0);
    expect((await entrepot(["user", "list"], { env })).code).toBe(3);
  });
});

describe("audit", () => {
  test("list filters, newest first", async () => {
    await admin("project create audited");
    await entrepot(["user", "list"], { env: as(registry.url, ADA) });
    const { out } = await admin("audit list --actor ada --result denied --from 1h --limit 1");
    expect(out).toMatch(/\n\S+Z +ada +127\.0\.0\.1 +user:read +registry .*denied/);
    expect(out.trimEnd().split("\n")).toHaveLength(2);
    expect((await admin("audit list --on project:audited --action project")).out).toContain(
      "project audited",
    );
    expect((await admin("audit list --project audited")).out).toContain("project audited");
    for (const bad of ["--limit 0", "--limit x", "--on audited", "--result nice", "--from soon"]) {
      expect((await admin(`audit list ${bad}`)).code).toBe(2);
    }
  });

  test("export writes lines, or a file that nobody else reads", async () => {
    const { out } = await admin("audit export --action project.create");
    const entries = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(entries.length).toBeGreaterThan(0);
    for (const { action } of entries) expect(action).toBe("project.create");
    const file = `${registry.folder}/audit.csv`;
    const ran = await admin(`audit export --format csv --file ${file}`);
    expect(ran).toEqual({ code: 0, out: "", err: `written to ${file}\n` });
    expect(await Bun.file(file).text()).toContain("project.create");
    expect((await Bun.file(file).stat()).mode & 0o777).toBe(0o600);
    expect((await admin("audit export --file /nonexistent/x")).code).toBe(1);
    const env = as(registry.url, ADA);
    const refused = await entrepot(["audit", "export", "--file", `${file}2`], { env });
    expect(refused.code).toBe(3);
    expect(await Bun.file(`${file}2`).exists()).toBe(false);
  });
});
