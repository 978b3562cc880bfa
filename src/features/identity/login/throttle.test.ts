import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstPasswordFile } from "../first-password.ts";
import type { Presence } from "../presence.ts";
import { type IdentitySettings, usualSettings } from "../settings.ts";
import { codeOf, from, here, openWorld, PASSWORD, type World } from "../suite.ts";

const settings: IdentitySettings = {
  ...usualSettings,
  throttle: {
    pair: { free: 3, first: 2_000, most: 60_000, leak: 60_000 },
    source: { free: 8, first: 1_000, most: 30_000, leak: 60_000 },
    account: { free: 6, first: 5_000, most: 30_000, leak: 60_000 },
  },
};

let world: World;

beforeEach(async () => {
  world = await openWorld({ settings });
});

afterEach(() => world.close());

async function wrong(name: string, times: number, where: Presence, node = world.identity) {
  const codes: string[] = [];
  for (let count = 0; count < times; count++) {
    codes.push(await codeOf(node.basic(name, `wrong ${count}`, where)));
  }
  return codes;
}

const BAD = "access.bad_credentials";
const LATER = "access.throttled";

test("after some failures the account waits at that source, with the right password too, and before any hash", async () => {
  await world.person("ada");
  expect(await wrong("ada", 4, here)).toEqual([BAD, BAD, BAD, BAD]);
  const { checks } = world.hasher;
  const refused = await world.identity.basic("ada", PASSWORD, here).catch((e: unknown) => e);
  expect(refused).toMatchObject({ code: LATER, status: 429, details: { retry_after: 2 } });
  expect(world.hasher.checks).toBe(checks);
  world.clock.advance(1_500);
  const still = await world.identity.basic("ada", PASSWORD, here).catch((e: unknown) => e);
  expect(still).toMatchObject({ code: LATER, details: { retry_after: 1 } });
  world.clock.advance(500);
  expect(await world.identity.basic("ada", PASSWORD, here)).toMatchObject({ via: "password" });
  // A login forgives.
  expect(await wrong("ada", 4, here)).toEqual([BAD, BAD, BAD, BAD]);
});

test("each failure beyond doubles the pause, and attempts that came too early do not", async () => {
  await world.person("ada");
  await wrong("ada", 4, here);
  const pauses: unknown[] = [];
  for (let count = 0; count < 4; count++) {
    await wrong("ada", 3, here);
    const refused = await world.identity.basic("ada", PASSWORD, here).catch((e: unknown) => e);
    const seconds = Number(
      Reflect.get(Object(Reflect.get(Object(refused), "details")), "retry_after"),
    );
    pauses.push(seconds);
    world.clock.advance(seconds * 1_000);
    expect(await wrong("ada", 1, here)).toEqual([BAD]);
  }
  expect(pauses).toEqual([2, 4, 8, 16]);
});

test("a name that nobody has is slowed down like one that somebody has (A40)", async () => {
  await world.person("ada");
  const ada = await wrong("ada", 6, from("192.0.2.1"));
  const nobody = await wrong("nobody", 6, from("192.0.2.2"));
  expect(nobody).toEqual(ada);
});

test("a source that tries many names is slowed down, and others are not", async () => {
  await world.person("ada");
  const spray: string[] = [];
  for (let count = 0; count < 12; count++) {
    spray.push(await codeOf(world.identity.basic(`name-${count}`, "x", here)));
  }
  expect(spray).toEqual([...Array(9).fill(BAD), ...Array(3).fill(LATER)]);
  expect(await codeOf(world.identity.basic("ada", PASSWORD, here))).toBe(LATER);
  await world.identity.basic("ada", PASSWORD, from("192.0.2.99"));
});

test("all addresses of an IPv6 /64 are one source", async () => {
  const codes: string[] = [];
  for (let count = 0; count < 6; count++) {
    codes.push(...(await wrong("ada", 1, from(`2001:db8::${count + 1}`))));
  }
  expect(codes).toEqual([BAD, BAD, BAD, BAD, LATER, LATER]);
  expect(await wrong("ada", 1, from("2001:db8:0:1::1"))).toEqual([BAD]);
});

test("strangers who guess from everywhere slow each other down, but not those who have logged in before", async () => {
  await world.person("ada");
  await world.identity.basic("ada", PASSWORD, here);
  world.clock.advance(10 * 60_000);
  for (let count = 0; count < 8; count++) await wrong("ada", 1, from(`198.51.100.${count}`));
  expect(await codeOf(world.identity.basic("ada", PASSWORD, from("203.0.113.1")))).toBe(LATER);
  expect(await world.identity.basic("ada", PASSWORD, here)).toMatchObject({ via: "password" });
});

test("nobody can lock an administrator out from elsewhere", async () => {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-throttle-"));
  await world.identity.bootstrap(PASSWORD, firstPasswordFile(folder));
  await rm(folder, { recursive: true });
  for (let count = 0; count < 40; count++) await wrong("admin", 1, from(`198.51.100.${count}`));
  // From an address that has never been seen.
  const admin = await world.identity.basic("admin", PASSWORD, from("203.0.113.1"));
  expect(admin.principal).toMatchObject({ administrator: true });
  // Where the guesses come from it waits like anybody.
  await wrong("admin", 6, from("198.51.100.1"));
  expect(await codeOf(world.identity.basic("admin", PASSWORD, from("198.51.100.1")))).toBe(LATER);
});

test("many guesses at once are no way around", async () => {
  await world.person("ada");
  const guesses = Array.from({ length: 40 }, (_, at) =>
    codeOf(world.identity.basic("ada", `guess ${at}`, here)),
  );
  const codes = await Promise.all(guesses);
  expect(codes.filter((code) => code === BAD).length).toBeLessThanOrEqual(4);
  expect(codes.filter((code) => code === LATER).length).toBeGreaterThanOrEqual(36);
});

test("failures at one node count at the others", async () => {
  await world.person("ada");
  const second = await world.node();
  await wrong("ada", 4, here, second.identity);
  expect(await codeOf(world.identity.basic("ada", PASSWORD, here))).toBe(LATER);
});

test("wrong tokens are slowed down, and never a right one from the same source", async () => {
  await world.person("ada");
  const actor = await world.identity.basic("ada", PASSWORD, here);
  const { secret } = await world.identity.tokens.createPersonal(actor, "r", { name: "ci" });
  const bad = `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`;
  const codes: string[] = [];
  for (let count = 0; count < 11; count++) {
    codes.push(await codeOf(world.identity.bearer(bad, here)));
  }
  expect(codes).toEqual([...Array(9).fill(BAD), LATER, LATER]);
  await world.identity.bearer(secret, here);
  await world.identity.basic("ada", secret, here);
  // Nor do they stand in the way of a password.
  await world.identity.basic("ada", PASSWORD, here);
});

test("the log has every failure, and of those that came too early one a minute", async () => {
  await world.person("ada");
  await wrong("ada", 20, here);
  const denied = () =>
    world.log().then((lines) => lines.filter((line) => line.startsWith("login denied")));
  expect(await denied()).toEqual([
    ...Array(4).fill("login denied login.wrong"),
    "login denied login.throttled",
  ]);
  world.clock.advance(1_000);
  await wrong("ada", 5, here);
  expect(await denied()).toHaveLength(5);
});
