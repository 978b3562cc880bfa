import { afterEach, beforeEach, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase, openFresh } from "../../tests/support/database.ts";
import type { Doer } from "../features/audit/entry.ts";
import { type Audit, openAudit } from "../features/audit/service.ts";
import { ManualClock, MINUTE } from "../kernel/clock.ts";
import { Secret } from "../kernel/secret.ts";
import type { Database } from "../platform/database/port.ts";
import { openKeyring } from "../platform/sealing/keyring.ts";
import { openTelemetry } from "../platform/telemetry/open.ts";
import { type Denial, Denials } from "./denials.ts";

let fresh: FreshDatabase;
let db: Database;
let audit: Audit;
let clock: ManualClock;
let denials: Denials;

beforeEach(async () => {
  fresh = await freshDatabase();
  db = await openFresh(fresh);
  clock = new ManualClock(1_700_000_000_000);
  const { logger } = openTelemetry({
    level: "silent",
    format: "json",
    access: false,
    routes: [],
    build: { version: "0.0.0", commit: "test" },
  });
  const keyring = openKeyring([new Secret("a key for the test of denials")]);
  audit = await openAudit({ db, clock, keyring, logger, settings: { pulls: "gathered" } });
  denials = new Denials(audit, clock);
});

afterEach(async () => {
  await audit.close();
  await db.close();
  await fresh.drop();
});

const denial: Denial = {
  action: "repository:pull",
  object: { kind: "repository", id: null, name: "team/app" },
  project: null,
  reason: "none",
};

function doer(kind: string, address: string): Doer {
  const via = { via: "none", credentialId: null, requestId: null };
  return { id: kind, kind, name: kind, address, ...via };
}

async function times(count: number, by: Doer): Promise<void> {
  for (let turn = 0; turn < count; turn++) await denials.record(by, denial);
}

async function details(): Promise<unknown[]> {
  const rows = await db.read
    .selectFrom("audit")
    .select(["details", "result"])
    .orderBy("seq")
    .execute();
  expect(rows.every(({ result }) => result === "denied")).toBe(true);
  return rows.map((row) => JSON.parse(row.details));
}

test("each denial of somebody is a row", async () => {
  await times(30, doer("user", "192.0.2.1"));
  expect(await details()).toHaveLength(30);
});

test("those of nobody are rows while they are few; the next row counts the others", async () => {
  await times(50, doer("anonymous", "192.0.2.1"));
  expect(await details()).toHaveLength(20);
  await times(1, doer("anonymous", "192.0.2.2"));
  expect(await details()).toHaveLength(21);
  clock.advance(MINUTE);
  await times(2, doer("anonymous", "192.0.2.1"));
  expect((await details()).slice(-2)).toEqual([{ unrecorded: 30 }, {}]);
});

test("many addresses together have a limit too", async () => {
  const one = (turn: number) => doer("anonymous", `2001:db8::${turn.toString(16)}`);
  await Promise.all(Array.from({ length: 700 }, (_, turn) => denials.record(one(turn), denial)));
  expect(await details()).toHaveLength(600);
});
