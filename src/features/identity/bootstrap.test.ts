import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstPasswordFile } from "./first-password.ts";
import { codeOf, here, openWorld, type World } from "./suite.ts";
import { FIRST_ADMINISTRATOR } from "./users/rules.ts";
import { principalReads } from "./users/store/read.ts";

let world: World;
let folder: string;

beforeEach(async () => {
  world = await openWorld();
  folder = await mkdtemp(join(tmpdir(), "entrepot-first-"));
});

afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

test("a file that an earlier database or a crash left is replaced, for the owner alone", async () => {
  const { identity } = world;
  const file = firstPasswordFile(folder);
  writeFileSync(file.path, "old\n", { mode: 0o644 });
  writeFileSync(`${file.path}.new`, "a password that never counted and is longer than most\n");
  const secret = await identity.bootstrap(undefined, file);
  expect(readFileSync(file.path, "utf8")).toBe(`${secret}\n`);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["first-password"]);
  const { principal } = await identity.basic(FIRST_ADMINISTRATOR, secret ?? "", here);
  expect(principal).toMatchObject({ name: "admin", administrator: true });
  expect(await identity.bootstrap(undefined, file)).toBeUndefined();
});

test("a random password must be changed, a given one need not (A35)", async () => {
  const { identity } = world;
  await identity.bootstrap(undefined, firstPasswordFile(folder));
  expect(await identity.users.named("admin")).toMatchObject({ mustChangePassword: true });
  const other = await openWorld();
  try {
    await other.identity.bootstrap("correct horse battery", firstPasswordFile(folder));
    expect(await other.identity.users.named("admin")).toMatchObject({ mustChangePassword: false });
  } finally {
    await other.close();
  }
});

test.each(["admin", "password", "admin123456", "short", "entrepot"])(
  "the weak password %s is refused, and nobody is made (A35)",
  async (weak) => {
    const { identity, db } = world;
    const code = await codeOf(identity.bootstrap(weak, firstPasswordFile(folder)));
    expect(code).toStartWith("identity.password_");
    expect(await principalReads(db).anyAdministrator()).toBe(false);
  },
);

test("the password is in its file before there is an administrator, or there is none", async () => {
  const { identity, db } = world;
  const file = firstPasswordFile(folder);
  let before: boolean | undefined;
  const watched = {
    ...file,
    save: async (password: string) => {
      await file.save(password);
      before = await principalReads(db).anyAdministrator();
      throw new Error("the process ends here");
    },
  };
  const outcome = await identity.bootstrap(undefined, watched).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ message: "the process ends here" });
  expect(before).toBe(false);
  expect(await principalReads(db).anyAdministrator()).toBe(false);
});

test("of two nodes that start at once one has the password, and the other no file", async () => {
  const second = await world.node();
  const other = await mkdtemp(join(tmpdir(), "entrepot-first-"));
  try {
    const files = [firstPasswordFile(folder), firstPasswordFile(other)] as const;
    const secrets = await Promise.all([
      world.identity.bootstrap(undefined, files[0]),
      second.identity.bootstrap(undefined, files[1]),
    ]);
    const told = secrets.filter((secret) => secret !== undefined);
    expect(told).toHaveLength(1);
    expect(files.map(({ path }) => existsSync(path))).toEqual(
      secrets.map((secret) => secret !== undefined),
    );
    await world.identity.basic(FIRST_ADMINISTRATOR, told[0] ?? "", here);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test("a password that was given is written nowhere", async () => {
  const { identity, db } = world;
  const file = firstPasswordFile(folder);
  expect(await identity.bootstrap("correct horse battery", file)).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  await identity.basic(FIRST_ADMINISTRATOR, "correct horse battery", here);
  const rows = [
    await db.read.selectFrom("audit").selectAll().execute(),
    await db.read.selectFrom("credentials").selectAll().execute(),
  ];
  expect(JSON.stringify(rows)).not.toContain("correct horse");
});
