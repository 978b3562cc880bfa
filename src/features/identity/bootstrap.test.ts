import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FreshDatabase, freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { systemClock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { firstPasswordFile } from "./first-password.ts";
import { FIRST_ADMINISTRATOR, type Identity, openIdentity } from "./service.ts";
import { identityReads } from "./store.ts";

let fresh: FreshDatabase;
let db: Database;
let identity: Identity;
let folder: string;

beforeEach(async () => {
  fresh = await freshDatabase();
  db = await openFresh(fresh);
  identity = openIdentity(db, systemClock);
  folder = await mkdtemp(join(tmpdir(), "entrepot-first-"));
});

afterEach(async () => {
  await db.close();
  await fresh.drop();
  await rm(folder, { recursive: true, force: true });
});

test("a file that an earlier database or a crash left is replaced, for the owner alone", async () => {
  const file = firstPasswordFile(folder);
  writeFileSync(file.path, "old\n", { mode: 0o644 });
  writeFileSync(`${file.path}.new`, "a password that never counted and is longer than most\n");
  const secret = await identity.bootstrap(undefined, file);
  expect(readFileSync(file.path, "utf8")).toBe(`${secret}\n`);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["first-password"]);
  const admin = await identity.basic(FIRST_ADMINISTRATOR, secret ?? "");
  expect(admin).toMatchObject({ name: "admin", administrator: true });
  expect(await identity.bootstrap(undefined, file)).toBeUndefined();
});

test("the password is in its file before there is an administrator, or there is none", async () => {
  const file = firstPasswordFile(folder);
  let before: boolean | undefined;
  const watched = {
    ...file,
    save: async (password: string) => {
      await file.save(password);
      before = await identityReads(db).anyAdministrator();
      throw new Error("the process ends here");
    },
  };
  const outcome = await identity.bootstrap(undefined, watched).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ message: "the process ends here" });
  expect(before).toBe(false);
  expect(await identityReads(db).anyAdministrator()).toBe(false);
});

test("of two nodes that start at once one has the password, and the other no file", async () => {
  const other = await mkdtemp(join(tmpdir(), "entrepot-first-"));
  try {
    const files = [firstPasswordFile(folder), firstPasswordFile(other)];
    const secrets = await Promise.all(files.map((file) => identity.bootstrap(undefined, file)));
    const told = secrets.filter((secret) => secret !== undefined);
    expect(told).toHaveLength(1);
    expect(files.map(({ path }) => existsSync(path))).toEqual(
      secrets.map((secret) => secret !== undefined),
    );
    await identity.basic(FIRST_ADMINISTRATOR, told[0] ?? "");
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test("a password that was given is written nowhere", async () => {
  const file = firstPasswordFile(folder);
  expect(await identity.bootstrap("correct horse battery", file)).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  await identity.basic(FIRST_ADMINISTRATOR, "correct horse battery");
});
