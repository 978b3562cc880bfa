import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { as, type CliOptions, entrepot } from "../cli/cli.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const ADA = { name: "ada", password: "ada has a long password" };
const ISSUER = "http://127.0.0.1:9";
const NOTHING = "nothing to do: all is as the file says\n";

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({
    accounts: [
      { ...ADA, administrator: false },
      { name: "bea", password: "bea has a long password", administrator: false },
    ],
    settings: { "outbound.allow": "127.0.0.1" },
  });
});
afterAll(() => registry.close());

/** Runs a command line; what it reads from standard input comes with it. */
const admin = (line: string, input = "", options: CliOptions = {}) =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), input, ...options });

const get = async (path: string) => (await registry.admin.get(`/api/v1${path}`)).json;
const namesIn = async (path: string) =>
  ((await get(path)) as { items: { name: string }[] }).items.map(({ name }) => name);

describe("apply", () => {
  test("shows the difference, asks, and does it; then there is nothing left to do", async () => {
    const file = "projects: {asked: {description: first, public: true}}";
    expect((await admin("apply -f -", file)).code).toBe(2);
    let asked = "";
    const no = await admin("apply -f -", file, {
      answer: (question) => {
        asked = question;
        return "n";
      },
    });
    expect(asked).toBe("Do this? [y/N] ");
    expect(no.code).toBe(1);
    expect(no.err).toContain("nothing was changed");
    expect((await admin("project show asked")).code).toBe(4);
    const yes = await admin("apply -f -", file, { answer: () => "y", language: "zh" });
    expect(yes.code).toBe(0);
    expect(yes.out).toStartWith("+ projects: asked\n    description: first\n    public: true\n");
    expect(yes.out).toContain("已完成 + projects: asked\n");
    expect(yes.err).toContain("完成 1/1 项");
    expect(await admin("apply -f - --yes", file)).toEqual({ code: 0, out: "", err: NOTHING });
    const next = await admin("apply -f - --yes", file.replace("first", "second"));
    expect(next.out).toContain("~ projects: asked\n    description: first → second\n");
    expect(await get("/projects/asked")).toMatchObject({ description: "second", public: true });
  });

  test("only looks when it is told to, and says by its exit code what it found", async () => {
    const file = "projects: {looked: {members: [{who: ada, role: guest}]}}";
    const dry = await admin("apply -f - --dry-run", file);
    expect(dry.code).toBe(6);
    expect(dry.out).toBe("+ projects: looked\n+ projects/looked/members: ada guest\n");
    expect((await admin("project show looked")).code).toBe(4);
    await admin("apply -f - --yes", file);
    expect((await admin("apply -f - --dry-run", file)).code).toBe(0);
    expect((await admin("apply -f - --check", file)).code).toBe(0);
    await admin("project grant looked bea developer");
    // What the file does not name is drift, but nothing that would be done.
    expect((await admin("apply -f - --dry-run", file)).code).toBe(0);
    const drift = await admin("apply -f - --check", file);
    expect(drift.code).toBe(6);
    expect(drift.out).toBe("? projects/looked/members: bea developer\n");
    const json = JSON.parse((await admin("apply -f - --check --json", file)).out);
    expect(json).toEqual({
      changes: [],
      unnamed: [{ section: "projects/looked/members", name: "bea developer" }],
    });
  });

  test("removes nothing unless asked, and then only what the written lists do not name", async () => {
    const all = `
projects:
  pruned:
    roles: {pusher: {permissions: [repository:push]}}
    robots: {ci: {}, old: {}}
    members: [{who: ada, role: pusher}, {who: robot+pruned+old, role: guest}]
    trustRules: [{name: gone, robot: old, issuer: "${ISSUER}", audience: a, subject: "job:1"}]
groups: {pruned: {members: [ada, bea]}}
robots: {pruned: {}}
members: [{who: bea, role: auditor}]
`;
    expect((await admin("apply -f - --yes", all)).code).toBe(0);
    const less = `
projects: {pruned: {roles: {}, robots: {ci: {}}, members: []}}
groups: {pruned: {members: [bea]}}
robots: {}
members: []
`;
    expect(await admin("apply -f - --yes", less)).toEqual({ code: 0, out: "", err: NOTHING });
    const some = await admin("apply -f - --dry-run --prune robots", less);
    expect(some.out).toBe("- projects/pruned/robots: old\n");
    expect((await admin("apply -f - --yes --prune projects", less)).code).toBe(2);
    const ran = await admin("apply -f - --yes --prune", less);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(
      /- projects\/pruned\/members: ada pusher\n(?:.*\n)*done +- projects\/pruned\/roles: pusher/,
    );
    expect(await namesIn("/projects/pruned/robots")).toEqual(["robot+pruned+ci"]);
    // The list of trust rules is not in the file; what belongs to the installation never goes.
    expect(await namesIn("/projects/pruned/trust-rules")).toEqual(["gone"]);
    expect(await namesIn("/robots")).toContain("robot+pruned");
    expect((await admin("access members")).out).toMatch(/\nbea +auditor/);
    expect((await admin("group members pruned")).out).not.toContain("ada");
    expect((await admin("group members pruned")).out).toContain("bea");
  });

  test("does not take a rule of a robot that is gone for one of the new robot", async () => {
    const file = `
projects:
  reborn:
    robots: {ci: {}}
    trustRules: [{name: r, robot: ci, issuer: "${ISSUER}", audience: a, subject: "job:1"}]
`;
    expect((await admin("apply -f - --yes", file)).code).toBe(0);
    await admin("robot delete robot+reborn+ci");
    expect((await admin("apply -f - --yes", file)).out).toContain(
      "± projects/reborn/trustRules: r",
    );
    const { items } = (await get("/projects/reborn/trust-rules")) as {
      items: [{ robot: { id: string } }];
    };
    const robots = (await get("/projects/reborn/robots")) as { items: [{ id: string }] };
    expect(items.map(({ robot }) => robot.id)).toEqual(robots.items.map(({ id }) => id));
    expect((await admin("apply -f - --yes", file)).err).toBe(NOTHING);
  });

  test("never overwrites what somebody else changed meanwhile", async () => {
    const file = (description: string) => `projects: {raced: {description: ${description}}}`;
    await admin("apply -f - --yes", file("one"));
    const ran = await admin("apply -f -", file("two"), {
      async answer() {
        await admin("project update raced --description theirs");
        return "y";
      },
    });
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("FAILED    ~ projects: raced\n    somebody else has changed it");
    expect(await get("/projects/raced")).toMatchObject({ description: "theirs" });
  });

  test("tells exactly what was done and what was not", async () => {
    await admin("project create partly");
    await admin("project grant partly bea guest");
    const file = `
projects:
  partly:
    members: [{who: nobody, role: guest}, {who: ada, role: developer}, {who: ada, role: nonsense}]
  library: {}
  partly2: {members: [{who: ada, role: guest}], networks: [nonsense]}
`;
    const ran = await admin("apply -f - --yes --prune", file);
    expect(ran.code).toBe(1);
    const told = ran.out.split("\n").filter((line) => /^(?:done|FAILED|not tried)/.test(line));
    expect(told).toEqual([
      "done      + projects: library",
      "FAILED    + projects: partly2",
      "FAILED    + projects/partly/members: nobody guest",
      "done      + projects/partly/members: ada developer",
      "FAILED    + projects/partly/members: ada nonsense",
      "not tried + projects/partly2/members: ada guest",
      "not tried - projects/partly/members: bea guest",
    ]);
    expect(ran.err).toContain("2 of 7 done");
    expect((await admin("project members partly")).out).toMatch(/\nada +developer/);
    expect((await admin("project members partly")).out).toMatch(/\nbea +guest/);
  });

  test("stops when the server is gone, and does not say that it knows what became of it", async () => {
    const mortal = await startRegistry();
    const env = as(mortal.url, ADMIN);
    const answer = async () => {
      await mortal.stop();
      return "y";
    };
    const file = "projects: {a: {}, b: {}}";
    const ran = await entrepot(["apply", "-f", "-"], { env, input: file, answer });
    expect(ran.out).toMatch(
      /NOT KNOWN \+ projects: a\n +no registry answers.*\n.*\nnot tried \+ projects: b\n/,
    );
    expect(ran.code).toBe(1);
    await mortal.close();
  });

  test("keeps the secrets of new robots in files of their own, and nowhere else", async () => {
    const folder = join(registry.folder, "secrets");
    const file = "projects: {kept: {robots: {ci: {firstSecret: {expiresAfter: 30d}}, other: {}}}}";
    await mkdir(folder);
    await Bun.write(join(folder, "robot+kept+other"), "mine\n");
    const ran = await admin(`apply -f - --yes --write-secrets ${folder}`, file);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("FAILED    + projects/kept/robots: other\n");
    // A secret that could not be kept is not made.
    expect(await namesIn("/projects/kept/robots")).toEqual(["robot+kept+ci"]);
    expect(await Bun.file(join(folder, "robot+kept+other")).text()).toBe("mine\n");
    const path = join(folder, "robot+kept+ci");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const secret = (await Bun.file(path).text()).trim();
    expect(ran.out + ran.err).not.toContain(secret);
    const robot = registry.as({ name: "robot+kept+ci", password: secret });
    expect((await robot.get("/v2/")).status).toBe(200);
    const bad = "projects: {kept: {robots: {third: {firstSecret: {addresses: [nonsense]}}}}}";
    expect((await admin(`apply -f - --yes --write-secrets ${folder}`, bad)).code).toBe(1);
    expect(await Bun.file(join(folder, "robot+kept+third")).exists()).toBe(false);
    const lost = await admin("apply -f - --yes", file);
    expect(lost.err).toContain("entrepot robot rotate");
    expect((await admin("export --project kept")).out).not.toContain("ent_");
  });

  test("has the rights of whoever runs it, and no more", async () => {
    await admin("project create hers");
    await admin("project grant hers ada project-administrator");
    const env = as(registry.url, ADA);
    const hers =
      "projects: {hers: {description: mine, robots: {ci: {}}, members: [{who: robot+hers+ci, role: developer}]}}";
    const ran = await entrepot(["apply", "-f", "-", "--yes"], { env, input: hers });
    expect(ran.code).toBe(0);
    expect((await entrepot(["apply", "-f", "-", "--yes"], { env, input: hers })).err).toBe(NOTHING);
    const theirs = await entrepot(["apply", "-f", "-"], { env, input: "groups: {all: {}}" });
    expect(theirs.code).toBe(3);
    expect(theirs.err).toStartWith("cannot read groups: ");
    const more = "projects: {hers: {roles: {own: {permissions: [system:read]}}}}";
    expect((await entrepot(["apply", "-f", "-", "--yes"], { env, input: more })).code).toBe(1);
  });

  test("reads files, folders and standard input together", async () => {
    const folder = join(registry.folder, "files");
    await mkdir(folder);
    await Bun.write(
      join(folder, "b.yml"),
      "projects: {spread: {members: [{who: ada, role: guest}]}}",
    );
    await Bun.write(join(folder, "a.yaml"), "projects: {spread: {public: true}}");
    await Bun.write(join(folder, "c.txt"), "nonsense");
    const more = "projects: {spread: {robots: {ci: {}}}}";
    const ran = await admin(`apply -f ${folder} - --yes`, more);
    expect(ran.code).toBe(0);
    expect(ran.out.match(/^done/gm)).toHaveLength(3);
    expect((await admin("apply -f /nonexistent.yaml")).code).toBe(2);
    await mkdir(join(folder, "empty"));
    expect((await admin(`apply -f ${folder}/empty`)).code).toBe(2);
    const wrong = await admin("apply -f - --yes", "projects: {a: {pubilc: true}}", {
      language: "zh",
    });
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.err).toStartWith("<stdin>:1:16: 没有字段 pubilc；您是否想写 public？");
  });

  test("tells programs in JSON what it did", async () => {
    const file = "projects: {told: {public: true}}";
    expect((await admin("apply -f - --json", file)).code).toBe(2);
    const { out, err, code } = await admin("apply -f - --json --yes", file);
    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(JSON.parse(out)).toEqual({
      changes: [
        {
          verb: "create",
          section: "projects",
          name: "told",
          fields: [{ name: "public", from: null, to: true }],
          outcome: "done",
          why: null,
        },
      ],
    });
    expect(JSON.parse((await admin("apply -f - --json --yes", file)).out)).toEqual({ changes: [] });
  });
});

describe("export", () => {
  test("writes what is there so that applying it changes nothing", async () => {
    await admin("project create written --public");
    await admin("project update written --network 10.0.0.0/8 127.0.0.0/8");
    await registry.admin.patch("/api/v1/projects/written", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ description: "'}: #{[ \u202egnp.exe \u2028 yes" }),
    });
    await admin("project grant written ada developer --expires 2031-01-31T10:11:12Z");
    const { code, out } = await admin("export --project written");
    expect(code).toBe(0);
    expect(out).toContain("\\u202egnp.exe \\u2028 yes");
    expect(out).not.toContain("\u202e");
    for (const how of ["--check --prune", "--yes --prune"]) {
      expect(await admin(`apply -f - ${how}`, out)).toEqual({ code: 0, out: "", err: NOTHING });
    }
    const json = await admin("export --project written --json");
    expect((await admin("apply -f - --check", json.out)).code).toBe(0);
    expect((await admin("export --project nowhere")).code).toBe(4);
  });

  test("leaves out what one may not read, and says so", async () => {
    await admin("project create partial");
    await admin("project grant partial ada guest");
    const ran = await entrepot(["export", "--project", "partial"], { env: as(registry.url, ADA) });
    expect(ran.code).toBe(0);
    expect(ran.err).toContain("left out, for you may not read it: projects/partial/members\n");
    expect(ran.out).toContain("  partial:\n");
    expect(ran.out).not.toContain("members");
  });
});
