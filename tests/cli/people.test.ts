import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, type CliOptions, entrepot } from "./cli.ts";

const BOB = { name: "bob", password: "bob has a long password" };

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ accounts: [{ ...BOB, administrator: false }] });
});
afterAll(() => registry.close());

const admin = (line: string, options: CliOptions = {}) =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), ...options });

async function signsIn(name: string, password: string): Promise<boolean> {
  return (await registry.as({ name, password }).get("/v2/")).status === 200;
}

describe("user", () => {
  test("create tells a random password once, alone on standard output", async () => {
    const { code, out, err } = await admin("user create ada --display-name 艾达");
    expect(code).toBe(0);
    expect(out).toMatch(/^\S{16,}\n$/);
    expect(err).toContain("Display name         艾达\n");
    expect(err).toContain("Owes a new password  yes\n");
    expect(err).not.toContain(out.trim());
    const again = await admin("user show ada");
    expect(again.out).not.toContain(out.trim());
  });

  test("create takes a password from standard input and shows none", async () => {
    const owing = "user create dan --new-password-file - --must-change";
    const { out: dan } = await admin(owing, { input: "dan has a password" });
    expect(dan).toMatch(/Owes a new password +yes\n/);
    const input = "correct horse battery staple\n";
    const { code, out } = await admin("user create eve --new-password-file - --no-must-change", {
      input,
    });
    expect(code).toBe(0);
    expect(out).toContain("eve");
    expect(out).not.toContain("correct horse");
    expect(await signsIn("eve", input.trim())).toBe(true);
  });

  test("list, show and update by name", async () => {
    await admin("user create fay --new-password-file -", { input: "a long enough password" });
    const listed = await admin("user list --name fa", { language: "zh" });
    expect(listed.out).toMatch(/^名称 {2}状态.*\nfay {3}active/);
    const changed = await admin("user update fay --email fay@example.com --description tester");
    expect(changed.out).toMatch(/E-mail +fay@example\.com\nDescription +tester\n/);
    const cleared = await entrepot(["user", "update", "fay", "--email", "", "--json"], {
      env: as(registry.url, ADMIN),
    });
    expect(JSON.parse(cleared.out)).toMatchObject({ email: null, description: "tester" });
  });

  test("disable and enable take effect at once", async () => {
    await admin("user create gus --new-password-file - --no-must-change", {
      input: "the password of gus",
    });
    expect(await signsIn("gus", "the password of gus")).toBe(true);
    expect((await admin("user disable gus")).err).toBe("disabled gus\n");
    expect(await signsIn("gus", "the password of gus")).toBe(false);
    expect((await admin("user list --state disabled")).out).toContain("gus ");
    expect((await admin("user enable gus")).code).toBe(0);
    expect(await signsIn("gus", "the password of gus")).toBe(true);
  });

  test("delete and restore; several deleted ones of a name are told apart by id", async () => {
    const make = () =>
      admin("user create hal --new-password-file -", { input: "hal has a password" });
    await make();
    expect((await admin("user delete hal")).err).toBe("deleted hal\n");
    expect((await admin("user show hal")).code).toBe(4);
    expect((await admin("user restore hal")).code).toBe(0);
    await admin("user delete hal");
    await make();
    await admin("user delete hal");
    const { code, err } = await admin("user restore hal");
    expect(code).toBe(2);
    const [, id = ""] = /give the id of one: (\w+), \w+\n/.exec(err) ?? [];
    expect((await admin(`user restore ${id}`)).code).toBe(0);
    expect((await admin("user show hal --json")).out).toContain(`"id": "${id}"`);
  });

  test("password gives another one", async () => {
    const { out } = await admin("user password bob --no-must-change");
    expect(await signsIn("bob", out.trim())).toBe(true);
    const input = `${BOB.password}\n`;
    const set = await admin("user password bob --new-password-file - --no-must-change", { input });
    expect(set).toMatchObject({ code: 0, out: "", err: "bob has a new password\n" });
    expect(await signsIn("bob", BOB.password)).toBe(true);
  });

  test("administrator is given and taken; the last one stays", async () => {
    expect((await admin("user administrator bob yes")).out).toMatch(/Administrator +yes/);
    expect((await admin("user list --administrators")).out).toContain("bob ");
    expect((await admin("user administrator bob no")).out).toMatch(/Administrator +no/);
    expect((await admin("user administrator bob perhaps")).code).toBe(2);
    const last = await admin("user administrator admin no");
    expect(last.code).toBe(1);
    expect(last.err).toContain("admin is the last administrator\n");
  });

  test("tokens lists and revokes somebody's tokens", async () => {
    const env = as(registry.url, BOB);
    const secret = (await entrepot(["token", "create", "laptop"], { env })).out.trim();
    expect(await signsIn("bob", secret)).toBe(true);
    const { items } = JSON.parse((await admin("user tokens bob --json")).out);
    const { id } = items.find(({ name }: { name: string }) => name === "laptop");
    expect((await admin(`user tokens bob --revoke ${id}`)).code).toBe(0);
    expect(await signsIn("bob", secret)).toBe(false);
  });

  test("sign-out and reset-factors", async () => {
    expect((await admin("user sign-out bob")).err).toBe("bob is signed out\n");
    expect((await admin("user reset-factors bob")).code).toBe(0);
  });
});

describe("group", () => {
  test("is made, filled, renamed, linked and deleted", async () => {
    expect((await admin("group create builders --description all")).out).toMatch(
      /^Name +builders\n/,
    );
    expect((await admin("group add builders bob")).err).toBe("bob is in builders\n");
    expect((await admin("group members builders")).out).toMatch(/\nbob +user +local\n/);
    await admin("robot create helper");
    expect((await admin("group add builders robot+helper")).code).toBe(0);
    expect((await admin("group members builders --json")).out).toContain('"robot+helper"');
    expect((await admin("group remove builders bob")).code).toBe(0);
    expect((await admin("group members builders")).out).not.toContain("bob");
    expect((await admin("group update builders --rename makers")).out).toContain("makers");
    expect((await admin("group link makers corp cn=m,dc=x")).out).toContain("corp      cn=m,dc=x");
    expect((await admin("group links makers")).out).toContain("cn=m,dc=x");
    expect(await admin("group unlink makers corp cn=m,dc=x")).toMatchObject({
      out: "",
      err: "none\n",
    });
    expect((await admin("group list")).out).toContain("makers");
    expect((await admin("group delete makers")).code).toBe(0);
    expect((await admin("group show makers")).code).toBe(4);
  });
});

describe("token", () => {
  test("create, list and revoke one's own", async () => {
    const env = as(registry.url, BOB);
    const run = (line: string) => entrepot(line.split(" "), { env });
    const made = await run("token create ci --limit pull@team/** --expires 1d");
    const secret = made.out.trim();
    expect(secret).toStartWith("ent_pat_");
    expect(made.err).toMatch(/Limited to +repository:pull@team\/\*\*\n/);
    expect((await run("token list")).out).toMatch(/\nci +personal +active +20/);
    // It is limited to other things than reading who one is: refused, but known.
    const limited = { ENTREPOT_SERVER: registry.url, ENTREPOT_TOKEN: secret };
    expect(await entrepot(["token", "list"], { env: limited })).toMatchObject({ code: 3, out: "" });
    const whole = (await run("token create all")).out.trim();
    const file = `${registry.folder}/token`;
    await Bun.write(file, `${whole}\n`);
    const withFile = ["token", "list", "--token-file", file];
    const { out } = await entrepot(withFile, { env: limited });
    expect(out).toMatch(/\nci +personal/);
    const { items } = JSON.parse((await run("token list --json")).out);
    const { id } = items.find(({ name }: { name: string }) => name === "all");
    expect((await run(`token revoke ${id}`)).code).toBe(0);
    expect(await signsIn("bob", whole)).toBe(false);
    expect((await run("token revoke ci")).err).toBe("revoked ci\n");
    expect((await run("token list")).err).toBe("none\n");
    expect((await run("token revoke ci")).code).toBe(4);
  });
});

describe("who asks", () => {
  test.each([
    ["nobody", {}, 3],
    ["somebody without the right", { ENTREPOT_USER: "bob", ENTREPOT_PASSWORD: BOB.password }, 3],
    ["somebody with a wrong password", { ENTREPOT_USER: "bob", ENTREPOT_PASSWORD: "wrong" }, 3],
    ["a name without a password", { ENTREPOT_USER: "bob" }, 2],
    ["a password without a name", { ENTREPOT_PASSWORD: "x" }, 2],
    ["a token that is none", { ENTREPOT_TOKEN: "ent_pat_no" }, 3],
  ] as const)("%s", async (_, env, code) => {
    const server = { ENTREPOT_SERVER: registry.url };
    const ran = await entrepot(["user", "list"], { env: { ...server, ...env } });
    expect(ran).toMatchObject({ code, out: "" });
    expect(ran.err.split("\n").length).toBeGreaterThan(1);
  });

  test("is told why in their own language", async () => {
    const env = as(registry.url, BOB);
    const { err } = await entrepot(["user", "list"], { env, language: "zh" });
    expect(err).toMatch(/[一-龥]/);
    expect((await entrepot(["user", "list"], { env })).err).not.toMatch(/[一-龥]/);
  });

  test("by flags before the environment", async () => {
    const env = { ...as(registry.url, BOB), ENTREPOT_TOKEN: "ent_pat_no" };
    const argv = ["user", "list", "--user", "admin", "--password-stdin"];
    expect((await entrepot(argv, { env, input: `${ADMIN.password}\n` })).code).toBe(0);
    expect((await entrepot(argv, { env, input: "a\nb\n" })).code).toBe(2);
    const both = ["user", "create", "x", "--new-password-file", "-", ...argv.slice(2)];
    expect((await entrepot(both, { env, input: ADMIN.password })).code).toBe(2);
    const file = ["user", "list", "--user", "admin", "--token-file", "/nonexistent"];
    expect((await entrepot(file, { env })).code).toBe(2);
  });

  test.each(["nowhere", "ftp://x", "http://a:b@x", "http://x/?y"])(
    "not at the address %s",
    async (server) => {
      const { code, err } = await entrepot(["user", "list", "--server", server]);
      expect(code).toBe(2);
      expect(err).not.toContain("a:b");
    },
  );
});
